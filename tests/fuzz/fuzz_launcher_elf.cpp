// ELF files, as far as the launcher reads them.
#include <elf.h>

#include <cstring>
#include <fuzz/target.hpp>
#include <launcher/program/elf.hpp>

namespace hecaton::fuzz {
namespace {

template <class T>
void append(std::string& file, const T& what) {
    file.append(reinterpret_cast<const char*>(&what), sizeof what);
}

// A program of three segments: its interpreter, its dynamic section, and all of it, from address 0 on.
template <class Header, class Segment, class Entry>
std::string program(unsigned char bits, unsigned short machine) {
    constexpr std::string_view strings("\0/lib64/ld-linux-x86-64.so.2\0libmpi.so.40\0$ORIGIN/../lib:/opt/lib\0", 67);
    constexpr std::size_t dynamic = sizeof(Header) + 3 * sizeof(Segment);
    constexpr std::size_t text = dynamic + 4 * sizeof(Entry);
    Header header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = bits;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_DYN;
    header.e_machine = machine;
    header.e_version = EV_CURRENT;
    header.e_phoff = sizeof(Header);
    header.e_ehsize = sizeof(Header);
    header.e_phentsize = sizeof(Segment);
    header.e_phnum = 3;
    std::string file;
    append(file, header);
    const auto segment = [&](unsigned type, std::size_t at, std::size_t size) {
        Segment one{};
        one.p_type = type;
        one.p_offset = static_cast<decltype(one.p_offset)>(at);
        one.p_vaddr = static_cast<decltype(one.p_vaddr)>(at);
        one.p_filesz = static_cast<decltype(one.p_filesz)>(size);
        one.p_memsz = one.p_filesz;
        append(file, one);
    };
    segment(PT_INTERP, text + 1, 28);
    segment(PT_DYNAMIC, dynamic, 4 * sizeof(Entry));
    segment(PT_LOAD, 0, text + strings.size());
    const auto entry = [&](int tag, std::size_t value) {
        Entry one{};
        one.d_tag = tag;
        one.d_un.d_val = static_cast<decltype(one.d_un.d_val)>(value);
        append(file, one);
    };
    entry(DT_STRTAB, text);
    entry(DT_NEEDED, 29);
    entry(DT_RUNPATH, 42);
    entry(DT_NULL, 0);
    return file.append(strings);
}

}  // namespace

void run(std::span<const std::byte> bytes) {
    const auto kind = launcher::elf_kind(bytes);
    const auto dynamic = launcher::read_dynamic(bytes, "/opt/app/bin/program");
    require(!dynamic.elf || launcher::is_native(kind));
    require(dynamic.elf || (!dynamic.dynamic && dynamic.needed.empty()));
    for (const auto& folder : dynamic.runpath) require(!folder.empty());
}

std::vector<std::string> seeds() {
    return {program<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(ELFCLASS64, EM_X86_64),
            program<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(ELFCLASS64, EM_AARCH64),
            program<Elf32_Ehdr, Elf32_Phdr, Elf32_Dyn>(ELFCLASS32, EM_386)};
}

}  // namespace hecaton::fuzz
