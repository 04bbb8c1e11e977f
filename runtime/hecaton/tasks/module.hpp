// Which file an address belongs to, in terms that hold on every rank.
//
// The same function lies at another address in each process (ASLR), so a function pointer travels as the build id of
// its executable or shared library and the offset in it.
#pragma once

#include <cstdint>

namespace hecaton::detail {

struct ModuleOffset {
    std::uint64_t module = 0;  ///< hash of the file's build id; of its name where it has none
    std::uint64_t offset = 0;  ///< bytes from where the file was loaded
};

/// Where `address` lies. Throws UsageError when it lies in no loaded file (code made at run time, an object on the
/// heap).
ModuleOffset locate(const void* address);

/// The address of that place in this process. Throws UsageError when no such file is loaded here.
void* resolve(const ModuleOffset& place);

/// The module of the program itself (the main executable).
std::uint64_t program_module();

/// FNV-1a, continued from `seed`.
std::uint64_t hash_bytes(const void* data, std::size_t size, std::uint64_t seed = 14695981039346656037ULL);

}  // namespace hecaton::detail
