#include <launcher/program/elf.hpp>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

// A file's bytes, mapped for reading.
class Mapped {
  public:
    explicit Mapped(const std::string& file) {
        const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) return;
        struct stat facts {};
        if (::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0) {
            void* begin = ::mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
            if (begin != MAP_FAILED)
                bytes_ = {static_cast<const char*>(begin), static_cast<std::size_t>(facts.st_size)};
        }
        ::close(fd);
    }
    ~Mapped() {
        if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;

    std::string_view bytes() const { return bytes_; }

    // The object at `offset`, where it lies within the file.
    template <class T>
    std::optional<T> at(std::size_t offset) const {
        if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) return std::nullopt;
        T found;
        std::memcpy(&found, bytes_.data() + offset, sizeof found);
        return found;
    }

    // The text at `offset`, up to a zero byte.
    std::string text(std::size_t offset) const {
        if (offset >= bytes_.size()) return {};
        const auto rest = bytes_.substr(offset);
        return std::string(rest.substr(0, rest.find('\0')));
    }

  private:
    std::string_view bytes_;
};

template <class Header, class Segment>
std::string interpreter_in(const Mapped& file) {
    const auto header = file.at<Header>(0);
    for (unsigned i = 0; header && i < header->e_phnum; ++i)
        if (const auto segment = file.at<Segment>(header->e_phoff + i * sizeof(Segment));
            segment && segment->p_type == PT_INTERP)
            return file.text(segment->p_offset);
    return {};
}

ElfKind kind_of(const Mapped& file) {
    const auto begin = file.bytes();
    if (begin.size() < sizeof(Elf32_Ehdr) || !begin.starts_with(ELFMAG)) return {};
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(begin[at]); };
    ElfKind found{.bits = byte(EI_CLASS) == ELFCLASS64 ? 64 : 32, .little_endian = byte(EI_DATA) != ELFDATA2MSB};
    constexpr std::size_t machine = offsetof(Elf32_Ehdr, e_machine);  // the same with 64 bits
    const bool little = found.little_endian;
    found.machine = byte(machine + (little ? 0 : 1)) + 256 * byte(machine + (little ? 1 : 0));
    if (little == (std::endian::native == std::endian::little))
        found.interpreter = found.bits == 64 ? interpreter_in<Elf64_Ehdr, Elf64_Phdr>(file)
                                             : interpreter_in<Elf32_Ehdr, Elf32_Phdr>(file);
    return found;
}

std::vector<std::string> split(const std::string& text, std::string_view separators) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find_first_of(separators, begin), text.size());
        if (end > begin) parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::vector<std::string> search_path(const std::string& text, const std::string& file) {
    const std::string origin = fs::path(file).parent_path();
    auto parts = split(text, ":");
    for (auto& part : parts)
        for (const std::string_view name : {"$ORIGIN", "${ORIGIN}"})
            if (const auto at = part.find(name); at != std::string::npos) part.replace(at, name.size(), origin);
    return parts;
}

// Where a virtual address lies in the file.
std::optional<std::size_t> file_offset(const std::vector<ElfW(Phdr)>& segments, ElfW(Addr) address) {
    for (const auto& segment : segments)
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
            return address - segment.p_vaddr + segment.p_offset;
    return std::nullopt;
}

// ld.so.cache in its present form: a header, entries of 24 bytes, and strings counted from the header's begin.
std::map<std::string, std::string> read_cache() {
    constexpr std::string_view magic = "glibc-ld.so.cache1.1";
    constexpr std::size_t header = 48;
    constexpr std::size_t entry = 24;
    std::map<std::string, std::string> found;
    const Mapped file("/etc/ld.so.cache");
    const auto begin = file.bytes().find(magic);
    if (begin == std::string_view::npos) return found;
    const auto count = file.at<std::uint32_t>(begin + magic.size()).value_or(0);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto at = begin + header + i * entry;
        const auto key = file.at<std::uint32_t>(at + 4);
        const auto value = file.at<std::uint32_t>(at + 8);
        if (!key || !value) break;
        found.emplace(file.text(begin + *key), file.text(begin + *value));  // the first of a name wins
    }
    return found;
}

bool fits(const std::string& file) { return read_dynamic(file).elf; }

class Loader {
  public:
    explicit Loader(const detail::launch::Variables& environment)
        : library_path_(split(std::string(detail::launch::value(environment, "LD_LIBRARY_PATH")), ":;")) {}

    std::string find(const std::string& name, const std::vector<std::string>& rpath, const Dynamic& from) {
        if (name.find('/') != std::string::npos) return name;
        for (const std::vector<std::string>* list : {&rpath, &std::as_const(library_path_), &from.runpath})
            for (const auto& directory : *list)
                if (std::string file = directory + "/" + name; fits(file)) return file;
        if (!cache_) cache_ = read_cache();
        if (const auto cached = cache_->find(name); cached != cache_->end()) return cached->second;
        for (const char* directory : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"})
            if (std::string file = std::string(directory) + "/" + name; fits(file)) return file;
        return {};
    }

  private:
    std::vector<std::string> library_path_;
    std::optional<std::map<std::string, std::string>> cache_;
};

}  // namespace

ElfKind elf_kind(const std::string& file) { return kind_of(Mapped(file)); }

bool is_native(const ElfKind& kind) {
    static const ElfKind own = elf_kind("/proc/self/exe");
    return kind.bits == own.bits && kind.little_endian == own.little_endian && kind.machine == own.machine;
}

Dynamic read_dynamic(const std::string& name) {
    Dynamic found;
    const Mapped file(name);
    const auto header = file.at<ElfW(Ehdr)>(0);
    if (!header || !is_native(kind_of(file))) return found;
    found.elf = true;
    std::vector<ElfW(Phdr)> segments;
    for (unsigned i = 0; i < header->e_phnum; ++i)
        if (const auto segment = file.at<ElfW(Phdr)>(header->e_phoff + i * sizeof(ElfW(Phdr))))
            segments.push_back(*segment);
    std::vector<ElfW(Dyn)> entries;
    for (const auto& segment : segments) {
        if (segment.p_type != PT_DYNAMIC) continue;
        found.dynamic = true;
        for (std::size_t at = 0; at + sizeof(ElfW(Dyn)) <= segment.p_filesz; at += sizeof(ElfW(Dyn)))
            if (const auto entry = file.at<ElfW(Dyn)>(segment.p_offset + at)) entries.push_back(*entry);
    }
    std::optional<std::size_t> strings;
    for (const auto& entry : entries)
        if (entry.d_tag == DT_STRTAB) strings = file_offset(segments, entry.d_un.d_ptr);
    if (!strings) return found;
    for (const auto& entry : entries) {
        const auto text = [&] { return file.text(*strings + entry.d_un.d_val); };
        if (entry.d_tag == DT_NEEDED) found.needed.push_back(text());
        if (entry.d_tag == DT_RPATH) found.rpath = search_path(text(), name);
        if (entry.d_tag == DT_RUNPATH) found.runpath = search_path(text(), name);
    }
    if (!found.runpath.empty()) found.rpath.clear();
    return found;
}

std::vector<Library> libraries(const std::string& program, const detail::launch::Variables& environment) {
    struct Waiting {
        std::string file;
        std::vector<std::string> rpath;  // of those that asked for it
    };
    Loader loader(environment);
    std::vector<Library> found;
    std::set<std::string> seen;
    std::vector<Waiting> waiting{{program, {}}};
    for (std::size_t next = 0; next < waiting.size(); ++next) {
        const Waiting now = waiting[next];
        const Dynamic dynamic = read_dynamic(now.file);
        auto rpath = dynamic.rpath;
        if (dynamic.runpath.empty()) rpath.insert(rpath.end(), now.rpath.begin(), now.rpath.end());
        for (const auto& name : dynamic.needed) {
            if (!seen.insert(name).second) continue;
            found.push_back({name, loader.find(name, rpath, dynamic)});
            if (!found.back().path.empty()) waiting.push_back({found.back().path, rpath});
        }
    }
    return found;
}

}  // namespace hecaton::launcher
