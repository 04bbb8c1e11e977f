// How a broadcast value comes from its block, in memory and in a file.
#include <fuzz/values.hpp>
#include <hecaton/pool/shared/form.hpp>

namespace hecaton::fuzz {
namespace {

struct Plain {
    double numbers[3];
    char letter;
};

template <class T>
void take_from(std::span<const std::byte> bytes) {
    const auto memory = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
    const detail::SharedBlock in_memory({memory->data(), memory->size()}, memory);
    const auto value = std::static_pointer_cast<const T>(detail::shared_from<T>(in_memory));
    const std::string found = encoded(*value);
    if (const auto file = detail::file_of(bytes)) {
        const detail::SharedBlock in_file(file);
        require(encoded(*std::static_pointer_cast<const T>(detail::shared_from<T>(in_file))) == found);
    }
}

template <class T>
std::string block_of(char which, T value) {
    const detail::NewShared shared = detail::new_shared<T>(std::move(value));
    const auto bytes = shared.block.bytes();
    return which + std::string(text({bytes.get(), shared.block.size()}));
}

}  // namespace

void run(std::span<const std::byte> bytes) {
    if (bytes.size() < 2) return;
    const auto block = bytes.subspan(1);
    switch (std::to_integer<unsigned>(bytes[0]) % 5) {
        case 0:
            return take_from<int>(block);
        case 1:
            return take_from<Plain>(block);
        case 2:
            return take_from<std::vector<int>>(block);
        case 3:
            return take_from<std::vector<Plain>>(block);
        default:
            return take_from<std::map<std::string, std::vector<int>>>(block);
    }
}

std::vector<std::string> seeds() {
    return {block_of('\0', 7), block_of('\1', Plain{{1, 2, 3}, 'x'}), block_of('\2', std::vector{1, 2, 3}),
            block_of('\3', std::vector<Plain>(2)),
            block_of('\4', std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}})};
}

}  // namespace hecaton::fuzz
