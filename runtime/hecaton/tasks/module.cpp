#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/tasks/module.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace hecaton::detail {
namespace {

struct Module {
    std::uint64_t id = 0;
    std::uintptr_t base = 0;
    std::uintptr_t begin = 0;  // of its loaded segments
    std::uintptr_t end = 0;
    std::string name;
};

std::uint64_t id_from_notes(const dl_phdr_info& info, const ElfW(Phdr) & segment, std::uint64_t otherwise) {
    const auto* at = reinterpret_cast<const char*>(info.dlpi_addr + segment.p_vaddr);
    const char* end = at + segment.p_memsz;
    const auto padded = [](std::uint32_t size) { return (size + 3U) & ~3U; };
    while (static_cast<std::size_t>(end - at) >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof note);
        const char* name = at + sizeof note;
        const char* content = name + padded(note.n_namesz);
        if (content + note.n_descsz > end) break;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
            return hash_bytes(content, note.n_descsz);
        at = content + padded(note.n_descsz);
    }
    return otherwise;
}

int add_module(dl_phdr_info* info, std::size_t, void* data) {
    auto& modules = *static_cast<std::vector<Module>*>(data);
    Module module;
    module.base = info->dlpi_addr;
    module.begin = UINTPTR_MAX;
    module.name = info->dlpi_name != nullptr && info->dlpi_name[0] != '\0' ? info->dlpi_name : host::executable();
    const auto slash = module.name.rfind('/');
    const std::string file = slash == std::string::npos ? module.name : module.name.substr(slash + 1);
    module.id = hash_bytes(file.data(), file.size());
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& segment = info->dlpi_phdr[i];
        const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
        if (segment.p_type == PT_LOAD) {
            module.begin = std::min(module.begin, begin);
            module.end = std::max(module.end, begin + segment.p_memsz);
        } else if (segment.p_type == PT_NOTE) {
            module.id = id_from_notes(*info, segment, module.id);
        }
    }
    if (module.begin < module.end) modules.push_back(std::move(module));
    return 0;
}

std::vector<Module> loaded_modules() {
    std::vector<Module> modules;
    ::dl_iterate_phdr(&add_module, &modules);
    return modules;
}

// Finds a module among those seen before and, failing that, among those loaded by now. A library that was unloaded
// since is not noticed: tasks of a library that may go away have no business in a pool.
template <class Matches>
std::optional<Module> find(Matches&& matches) {
    static std::mutex mutex;
    static std::vector<Module> known;
    const std::lock_guard lock(mutex);
    for (int attempt = 0; attempt < 2; ++attempt) {
        for (const Module& module : known)
            if (matches(module)) return module;
        known = loaded_modules();
    }
    return std::nullopt;
}

}  // namespace

ModuleOffset locate(const void* address) {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    const auto module = find([at](const Module& m) { return m.begin <= at && at < m.end; });
    if (!module)
        throw UsageError(
            fmt::format("the function at {} lies in no executable or shared library, so the other ranks have no "
                        "such function: pass a function of the program, or a lambda",
                        address));
    return {module->id, at - module->base};
}

void* resolve(const ModuleOffset& place) {
    const auto module = find([&place](const Module& m) { return m.id == place.module; });
    if (!module || module->base + place.offset >= module->end)
        throw UsageError(
            "a function of a library that is not loaded on this rank was called: load the library on every rank before "
            "the "
            "pool is opened");
    return reinterpret_cast<void*>(module->base + place.offset);
}

std::uint64_t program_module() {
    static const std::uint64_t id = loaded_modules().front().id;  // the main program comes first
    return id;
}

std::uint64_t hash_bytes(const void* data, std::size_t size, std::uint64_t seed) {
    std::uint64_t hash = seed;
    for (std::size_t i = 0; i < size; ++i) {
        hash ^= static_cast<const unsigned char*>(data)[i];
        hash *= 1099511628211ULL;
    }
    return hash;
}

}  // namespace hecaton::detail
