#include <launcher/program/elf.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <launcher/base/files.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

// Sizes that a file may claim, but a real one does not have.
constexpr std::size_t largest_dynamic = 1 << 20;
constexpr std::size_t largest_strings = 64 << 20;
constexpr std::size_t longest_path = 4'096;

// An ELF file as libelf reads it; there is none in what is no ELF file.
class Image {
  public:
    // Reads pieces as they are asked for, and maps nothing: another process may shorten the file meanwhile.
    explicit Image(const std::string& name) : file_(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        struct stat facts {};
        if (!file_ || ::fstat(file_.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return;
        ::elf_version(EV_CURRENT);
        take(::elf_begin(file_.get(), ELF_C_READ, nullptr), static_cast<std::size_t>(facts.st_size));
    }
    explicit Image(std::span<const std::byte> bytes) : copy_(bytes.begin(), bytes.end()) {
        ::elf_version(EV_CURRENT);
        take(::elf_memory(reinterpret_cast<char*>(copy_.data()), copy_.size()), copy_.size());
    }

    std::optional<GElf_Ehdr> header() const {
        GElf_Ehdr found{};
        return elf_ && ::gelf_getehdr(elf_.get(), &found) != nullptr ? std::optional(found) : std::nullopt;
    }

    std::vector<GElf_Phdr> segments() const {
        std::vector<GElf_Phdr> found;
        std::size_t count = 0;
        if (::elf_getphdrnum(elf_.get(), &count) != 0) return found;
        GElf_Phdr segment{};
        for (std::size_t i = 0; i < count && ::gelf_getphdr(elf_.get(), static_cast<int>(i), &segment) != nullptr; ++i)
            found.push_back(segment);
        return found;
    }

    std::vector<GElf_Dyn> dynamic_entries(const GElf_Phdr& segment) const {
        std::vector<GElf_Dyn> found;
        Elf_Data* const data =
            piece(segment.p_offset, std::min<std::size_t>(segment.p_filesz, largest_dynamic), ELF_T_DYN);
        GElf_Dyn entry{};
        for (int i = 0; data != nullptr && ::gelf_getdyn(data, i, &entry) != nullptr; ++i) found.push_back(entry);
        return found;
    }

    // `size` bytes at `offset`, or as many of them as the file has.
    std::string_view bytes(std::size_t offset, std::size_t size) const {
        const Elf_Data* const data = piece(offset, size, ELF_T_BYTE);
        return data != nullptr ? std::string_view(static_cast<const char*>(data->d_buf), data->d_size)
                               : std::string_view();
    }

  private:
    void take(Elf* elf, std::size_t size) {
        elf_.reset(elf);
        size_ = size;
        if (::elf_kind(elf) != ELF_K_ELF) elf_.reset();
    }

    Elf_Data* piece(std::size_t offset, std::size_t size, Elf_Type type) const {
        size = std::min(size, size_ - std::min(size_, offset));
        size -= size % ::gelf_fsize(elf_.get(), type, 1, EV_CURRENT);
        return size > 0 ? ::elf_getdata_rawchunk(elf_.get(), static_cast<std::int64_t>(offset), size, type) : nullptr;
    }

    struct End {
        void operator()(Elf* elf) const { ::elf_end(elf); }
    };
    detail::Descriptor file_;
    std::vector<std::byte> copy_;
    std::unique_ptr<Elf, End> elf_;
    std::size_t size_ = 0;
};

// The text at `offset`, up to a zero byte.
std::string text_at(std::string_view bytes, std::size_t offset) {
    if (offset >= bytes.size()) return {};
    const auto rest = bytes.substr(offset);
    return std::string(rest.substr(0, rest.find('\0')));
}

ElfKind kind_of(const Image& image) {
    const auto header = image.header();
    if (!header) return {};
    ElfKind found{.bits = header->e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32,
                  .little_endian = header->e_ident[EI_DATA] == ELFDATA2LSB,
                  .machine = header->e_machine};
    for (const auto& segment : image.segments())
        if (segment.p_type == PT_INTERP && found.interpreter.empty())
            found.interpreter =
                text_at(image.bytes(segment.p_offset, std::min<std::size_t>(segment.p_filesz, longest_path)), 0);
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

// The text that an address in memory stands for; empty where the file does not have it.
std::string_view strings_in(const Image& image, const std::vector<GElf_Phdr>& segments, GElf_Addr address,
                            std::size_t size) {
    for (const auto& segment : segments)
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
            return image.bytes(address - segment.p_vaddr + segment.p_offset, std::min(size, largest_strings));
    return {};
}

Dynamic dynamic_of(const Image& image, const std::string& name) {
    Dynamic found;
    if (!is_native(kind_of(image))) return found;
    found.elf = true;
    const auto segments = image.segments();
    std::vector<GElf_Dyn> entries;
    for (const auto& segment : segments) {
        if (segment.p_type != PT_DYNAMIC) continue;
        found.dynamic = true;
        for (const auto& entry : image.dynamic_entries(segment)) entries.push_back(entry);
    }
    std::optional<GElf_Addr> address;
    std::size_t size = largest_strings;
    for (const auto& entry : entries) {
        if (entry.d_tag == DT_STRTAB) address = entry.d_un.d_ptr;
        if (entry.d_tag == DT_STRSZ) size = entry.d_un.d_val;
    }
    if (!address) return found;
    const auto strings = strings_in(image, segments, *address, size);
    for (const auto& entry : entries) {
        const auto text = [&] { return text_at(strings, entry.d_un.d_val); };
        if (entry.d_tag == DT_NEEDED) found.needed.push_back(text());
        if (entry.d_tag == DT_RPATH) found.rpath = search_path(text(), name);
        if (entry.d_tag == DT_RUNPATH) found.runpath = search_path(text(), name);
    }
    if (!found.runpath.empty()) found.rpath.clear();
    return found;
}

// ld.so.cache in its present form: a header, entries of 24 bytes, and strings counted from the header's begin.
std::map<std::string, std::string> read_cache() {
    constexpr std::string_view magic = "glibc-ld.so.cache1.1";
    constexpr std::size_t header = 48;
    constexpr std::size_t entry = 24;
    std::map<std::string, std::string> found;
    const std::string all = text_of("/etc/ld.so.cache");
    const auto begin = all.find(magic);
    if (begin == std::string::npos) return found;
    const auto cache = std::string_view(all).substr(begin);
    const auto number_at = [&](std::size_t at) {
        std::uint32_t number = 0;
        if (at + sizeof number <= cache.size()) std::memcpy(&number, cache.data() + at, sizeof number);
        return number;
    };
    const auto count = std::min<std::size_t>(number_at(magic.size()), cache.size() / entry);
    for (std::size_t at = header; at < header + count * entry; at += entry)  // the first of a name wins
        found.emplace(text_at(cache, number_at(at + 4)), text_at(cache, number_at(at + 8)));
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
                if (std::string file = fmt::format("{}/{}", directory, name); fits(file)) return file;
        if (!cache_) cache_ = read_cache();
        if (const auto cached = cache_->find(name); cached != cache_->end()) return cached->second;
        for (const char* directory : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"})
            if (std::string file = fmt::format("{}/{}", directory, name); fits(file)) return file;
        return {};
    }

  private:
    std::vector<std::string> library_path_;
    std::optional<std::map<std::string, std::string>> cache_;
};

}  // namespace

ElfKind elf_kind(const std::string& file) { return kind_of(Image(file)); }

ElfKind elf_kind(std::span<const std::byte> bytes) { return kind_of(Image(bytes)); }

bool is_native(const ElfKind& kind) {
    static const ElfKind own = elf_kind("/proc/self/exe");
    return kind.bits == own.bits && kind.little_endian == own.little_endian && kind.machine == own.machine;
}

Dynamic read_dynamic(const std::string& file) { return dynamic_of(Image(file), file); }

Dynamic read_dynamic(std::span<const std::byte> bytes, const std::string& file) {
    return dynamic_of(Image(bytes), file);
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
