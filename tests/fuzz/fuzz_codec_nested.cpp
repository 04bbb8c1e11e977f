// Containers in containers in containers.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {
namespace {

using Table = std::map<int, std::unordered_map<int, std::optional<std::vector<std::string>>>>;
using Tree = std::vector<std::variant<int, std::vector<std::variant<bool, std::tuple<std::string, std::set<long>>>>>>;
using Deep = std::vector<std::vector<std::vector<std::vector<std::vector<std::vector<std::optional<bool>>>>>>>;

}  // namespace

void run(std::span<const std::byte> bytes) { decode_one_of<Ambiguous<Table>, Tree, Deep>(bytes); }

std::vector<std::string> seeds() {
    return one_seed_each(Table{{1, {{2, {{"x", "y"}}}, {3, {}}}}, {2, {}}},
                         Tree{1,
                              std::vector<std::variant<bool, std::tuple<std::string, std::set<long>>>>{
                                  true, std::tuple<std::string, std::set<long>>("x", {1, 2})}},
                         Deep{{{{{{true, {}}, {}}}}}});
}

}  // namespace hecaton::fuzz
