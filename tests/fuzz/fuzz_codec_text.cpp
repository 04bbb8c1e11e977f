// Texts of each character type, and the types that travel like texts.
#include <filesystem>
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::string, std::wstring, std::u16string, std::u8string, std::vector<std::string>>(bytes);
}

std::vector<std::string> seeds() {
    using namespace std::string_literals;
    return one_seed_each("some text"s, L"wide"s, u"sixteen"s, u8"eight"s,
                         std::vector{"a"s, ""s, std::string(200, 'x')});
}

}  // namespace hecaton::fuzz
