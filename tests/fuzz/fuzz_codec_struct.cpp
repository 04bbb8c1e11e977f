// Plain structs, which are taken apart.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {
namespace {

struct Grid {
    std::vector<int> cells;
    double step = 0;
};

struct Case {
    std::string name;
    const std::optional<Grid> grid;
    std::map<std::string, Grid> more;
    bool flag = false;
};

struct Arrays {
    std::string texts[2];
    bool flags[3] = {};
    double table[2][2] = {};
};

struct Tree {
    std::string text;
    std::vector<Tree> children;
};

}  // namespace

void run(std::span<const std::byte> bytes) { decode_one_of<Grid, std::vector<Case>, Arrays, Tree>(bytes); }

std::vector<std::string> seeds() {
    const Grid grid{{1, 2, 3}, 0.5};
    const Arrays arrays{{"a", "b"}, {true, false, true}, {{1, 2}, {3, 4}}};
    return one_seed_each(grid, std::vector<Case>{{"one", grid, {{"k", grid}}, true}, {"two", {}, {}, false}}, arrays,
                         Tree{"root", {{"left", {}}, {"right", {{"leaf", {}}}}}});
}

}  // namespace hecaton::fuzz
