// Which libraries a program is linked with, read from its file; nothing of it is executed.
#pragma once

#include <cstddef>
#include <hecaton/launch/environment.hpp>
#include <span>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// For which machines an ELF file was built.
struct ElfKind {
    int bits = 0;  ///< 32 or 64; 0: it is no ELF file
    bool little_endian = true;
    int machine = 0;               ///< EM_X86_64, EM_AARCH64, ...
    std::string interpreter = {};  ///< the loader that it asks the kernel for; empty: none, or it does not show
};

ElfKind elf_kind(const std::string& file);
/// The same for a file that is in memory.
ElfKind elf_kind(std::span<const std::byte> bytes);

/// True for the kind of this very program, whose files kernel and loader take without help.
bool is_native(const ElfKind& kind);

/// What one ELF file asks the loader for.
struct Dynamic {
    bool elf = false;      ///< it is an ELF file of this machine's kind
    bool dynamic = false;  ///< it has a dynamic section: a program without one is linked statically
    std::vector<std::string> needed = {};
    std::vector<std::string> rpath = {};    ///< DT_RPATH, where there is no DT_RUNPATH; $ORIGIN is replaced
    std::vector<std::string> runpath = {};  ///< DT_RUNPATH, likewise
};

/// Reads one file. A file that is none, or broken, gives elf = false.
Dynamic read_dynamic(const std::string& file);
/// The same for a file that is in memory; `file` is its name, for $ORIGIN.
Dynamic read_dynamic(std::span<const std::byte> bytes, const std::string& file);

/// A library and where the loader would find it; the path is empty where it would not.
struct Library {
    std::string name;
    std::string path;
};

/// All libraries of `program`, its own first and each once, as ld.so finds them: DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH,
/// ld.so.cache, the system's directories. Empty for what is no dynamic ELF program.
std::vector<Library> libraries(const std::string& program, const detail::launch::Variables& environment);

}  // namespace hecaton::launcher
