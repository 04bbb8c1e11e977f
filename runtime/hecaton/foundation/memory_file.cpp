#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <hecaton/foundation/memory_file.hpp>
#include <new>

namespace hecaton::detail {
namespace {

// A new descriptor is the lowest free one, so its number says how many are in use.
bool leaves_enough(int descriptor) {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           static_cast<rlim_t>(descriptor) < limit.rlim_cur / 2;
}

template <class Byte>
std::shared_ptr<Byte> mapping(int descriptor, std::size_t size, int protection) {
    void* const at = ::mmap(nullptr, size, protection, MAP_SHARED, descriptor, 0);
    if (at == MAP_FAILED) return nullptr;
    return std::shared_ptr<Byte>(static_cast<Byte*>(at), [at, size](Byte*) { ::munmap(at, size); });
}

}  // namespace

std::string MemoryFile::Address::text() const {
    return fmt::format("{}:{}:{}:{}:{}", pid, descriptor, size, device, inode);
}

MemoryFile::Address MemoryFile::Address::from(const std::string& text) {
    Address address;
    const int found = std::sscanf(text.c_str(), "%" SCNd64 ":%" SCNd64 ":%" SCNu64 ":%" SCNu64 ":%" SCNu64,
                                  &address.pid, &address.descriptor, &address.size, &address.device, &address.inode);
    return found == 5 ? address : Address();
}

std::shared_ptr<MemoryFile> MemoryFile::create(std::size_t size) {
    const int descriptor = ::memfd_create("hecaton", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return nullptr;
    std::shared_ptr<MemoryFile> file(new MemoryFile(descriptor, size));  // closes it from here on
    if (size == 0 || !leaves_enough(descriptor) || ::ftruncate(descriptor, static_cast<off_t>(size)) != 0)
        return nullptr;
    return file;
}

std::shared_ptr<const MemoryFile> MemoryFile::open(const Address& address) { return open(address, O_RDONLY); }
std::shared_ptr<MemoryFile> MemoryFile::open_writable(const Address& address) { return open(address, O_RDWR); }

std::shared_ptr<MemoryFile> MemoryFile::open(const Address& address, int access) {
    const std::string link = fmt::format("/proc/{}/fd/{}", address.pid, address.descriptor);
    // The number may be that of another file by now: of a pipe, where opening it could wait.
    const int descriptor = ::open(link.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return nullptr;
    std::shared_ptr<MemoryFile> file(new MemoryFile(descriptor, static_cast<std::size_t>(address.size)));
    const Address found = file->address();
    if (found.size != address.size || found.device != address.device || found.inode != address.inode ||
        !leaves_enough(descriptor))
        return nullptr;
    return file;
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

MemoryFile::Address MemoryFile::address() const {
    struct stat facts {};
    if (::fstat(descriptor_, &facts) != 0) return {};
    return {.pid = ::getpid(),
            .descriptor = descriptor_,
            .size = static_cast<std::uint64_t>(facts.st_size),
            .device = facts.st_dev,
            .inode = facts.st_ino};
}

bool MemoryFile::write(std::size_t at, const void* bytes, std::size_t size) {
    const auto* from = static_cast<const std::byte*>(bytes);
    while (size != 0) {
        const ssize_t written = ::pwrite(descriptor_, from, size, static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        from += written;
        at += static_cast<std::size_t>(written);
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

void MemoryFile::seal() noexcept {
    ::fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
    // Refused while a network card has the pages registered, into which MPI has received; nobody writes then either.
    ::fcntl(descriptor_, F_ADD_SEALS, F_SEAL_WRITE);
}

std::shared_ptr<const std::byte> MemoryFile::map() const {
    auto bytes = mapping<const std::byte>(descriptor_, size_, PROT_READ);
    if (bytes == nullptr) throw std::bad_alloc();
    return bytes;
}

std::shared_ptr<std::byte> MemoryFile::map_writable() {
    return mapping<std::byte>(descriptor_, size_, PROT_READ | PROT_WRITE);
}

}  // namespace hecaton::detail
