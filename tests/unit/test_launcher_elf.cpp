// ELF files, whole, cut off, damaged and of other machines.
#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <support/catch.hpp>
#include <vector>

#include <launcher/program/elf.hpp>

using namespace hecaton::launcher;

namespace {

using Bytes = std::vector<std::byte>;

Bytes own_file() {
    std::ifstream file("/proc/self/exe", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

// The headers of a big-endian 32-bit PowerPC program that asks for a loader.
Bytes foreign_program() {
    const std::string loader = "/lib/ld.so.1";
    Bytes made(sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr));
    const auto put = [&](std::size_t at, std::size_t size, std::uint32_t value) {
        for (std::size_t i = 0; i < size; ++i) made[at + i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
    };
    const unsigned char ident[] = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2MSB, EV_CURRENT};
    std::memcpy(made.data(), ident, sizeof ident);
    put(offsetof(Elf32_Ehdr, e_type), 2, ET_EXEC);
    put(offsetof(Elf32_Ehdr, e_machine), 2, EM_PPC);
    put(offsetof(Elf32_Ehdr, e_version), 4, EV_CURRENT);
    put(offsetof(Elf32_Ehdr, e_phoff), 4, sizeof(Elf32_Ehdr));
    put(offsetof(Elf32_Ehdr, e_phentsize), 2, sizeof(Elf32_Phdr));
    put(offsetof(Elf32_Ehdr, e_phnum), 2, 1);
    put(sizeof(Elf32_Ehdr) + offsetof(Elf32_Phdr, p_type), 4, PT_INTERP);
    put(sizeof(Elf32_Ehdr) + offsetof(Elf32_Phdr, p_offset), 4, static_cast<std::uint32_t>(made.size()));
    put(sizeof(Elf32_Ehdr) + offsetof(Elf32_Phdr, p_filesz), 4, static_cast<std::uint32_t>(loader.size() + 1));
    for (const char letter : loader) made.push_back(static_cast<std::byte>(letter));
    made.push_back(std::byte{0});
    return made;
}

void look(const Bytes& bytes) {
    const auto kind = elf_kind(bytes);
    CHECK((kind.bits == 0 || kind.bits == 32 || kind.bits == 64));
    const auto dynamic = read_dynamic(bytes, "/a/program");
    if (!dynamic.elf) CHECK(dynamic.needed.empty());
}

}  // namespace

TEST_CASE("a program's file says the same in memory and by its name") {
    const Bytes bytes = own_file();
    const auto kind = elf_kind(bytes);
    CHECK(is_native(kind));
    CHECK(kind.interpreter == elf_kind("/proc/self/exe").interpreter);
    CHECK(std::filesystem::exists(kind.interpreter));
    const auto dynamic = read_dynamic(bytes, "/a/program");
    CHECK(dynamic.elf);
    CHECK(dynamic.dynamic);
    CHECK(dynamic.needed == read_dynamic("/proc/self/exe").needed);
    CHECK(std::ranges::any_of(dynamic.needed, [](const auto& name) { return name.starts_with("libc.so"); }));
}

TEST_CASE("a program of another machine says for which, in its own order of bytes") {
    const auto kind = elf_kind(foreign_program());
    CHECK(kind.bits == 32);
    CHECK_FALSE(kind.little_endian);
    CHECK(kind.machine == EM_PPC);
    CHECK(kind.interpreter == "/lib/ld.so.1");
    CHECK_FALSE(is_native(kind));
    CHECK_FALSE(read_dynamic(foreign_program(), "x").elf);
}

TEST_CASE("what is no ELF file says nothing") {
    CHECK(elf_kind(Bytes{}).bits == 0);
    CHECK(elf_kind(Bytes(200)).bits == 0);
    CHECK_FALSE(read_dynamic(Bytes(200), "x").elf);
    for (const char* name : {"/nowhere", "/dev/null", "/tmp", __FILE__}) CHECK(elf_kind(name).bits == 0);
}

TEST_CASE("files that are cut off or damaged do no harm") {
    Bytes whole = own_file();
    for (std::size_t size = 0; size < whole.size(); size += size < 1'000 ? 1 : whole.size() / 50)
        look({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    const Bytes foreign = foreign_program();
    std::mt19937 random(13);
    for (int round = 0; round < 3'000; ++round) {
        // Only the headers tell where to look, so that is where bytes are changed.
        Bytes bytes = round % 2 == 0 ? foreign : Bytes(whole.begin(), whole.begin() + 4'096);
        for (unsigned changes = random() % 8; changes > 0; --changes)
            bytes[random() % std::min<std::size_t>(bytes.size(), 1'024)] = static_cast<std::byte>(random());
        look(bytes);
    }
    for (int round = 0; round < 20; ++round) {
        Bytes bytes = whole;
        for (unsigned changes = 1 + random() % 4; changes > 0; --changes)
            bytes[16 + random() % 900] = static_cast<std::byte>(random());
        look(bytes);
    }
}

TEST_CASE("a file that becomes shorter while it is looked at does no harm") {
    const auto file = std::filesystem::temp_directory_path() / ("hecaton-elf-" + std::to_string(::getpid()));
    const Bytes whole = own_file();
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(whole.data()), 2'000);
    std::filesystem::resize_file(file, whole.size());  // the rest is a hole
    CHECK(is_native(elf_kind(file.string())));
    CHECK(read_dynamic(file.string()).elf);
    std::filesystem::resize_file(file, 40);
    CHECK(elf_kind(file.string()).bits == 0);
    std::filesystem::remove(file);
}
