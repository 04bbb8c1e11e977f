#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <hecaton/journal/holder.hpp>
#include <hecaton/journal/refusal.hpp>
#include <thread>

namespace hecaton::detail::journal {

namespace {

namespace fs = std::filesystem;

enum class Lock : std::uint8_t { ours, others, none };

// Of the open file, not of the process: closing another descriptor of it does not drop it.
Lock lock(const Descriptor& file) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(file.get(), F_OFD_SETLK, &whole) == 0) return Lock::ours;
    return errno == EAGAIN || errno == EACCES ? Lock::others : Lock::none;
}

std::string content_of(const Descriptor& file) {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::pread(file.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

// 0, or why not.
int write_all(const Descriptor& file, const std::string& text) {
    const ssize_t written = ::pwrite(file.get(), text.data(), text.size(), 0);
    if (written == static_cast<ssize_t>(text.size())) return 0;
    return written < 0 ? errno : ENOSPC;
}

Identity identity_of(const Descriptor& file) {
    struct stat facts {};
    ::fstat(file.get(), &facts);
    return {facts.st_dev, facts.st_ino};
}

// A file of its own, to be given the lock file's name once it is whole.
class Draft {
  public:
    Draft(const fs::path& file, const Owner& self)
        : path(fmt::format("{}.{}.{}", file.string(), self.host, self.pid)),
          descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)),
          problem(descriptor ? write_all(descriptor, self.text()) : errno) {}
    ~Draft() { ::unlink(path.c_str()); }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    const std::string path;
    Descriptor descriptor;
    const int problem;
};

[[noreturn]] void refuse_folder(const std::string& name, const fs::path& folder, int problem) {
    refuse(name, fmt::format("cannot make a file in {} ({}); look at its rights and space, or name a file elsewhere",
                             folder.string(), std::strerror(problem)));
}

}  // namespace

Holder::Holder(const Place& place, const std::string& run)
    : file_(place.beside("-holder")), name_(place.name), self_(Owner::self(run)) {
    static constexpr int tries = 100;  // another process may be at it
    for (int i = 0; i < tries; ++i) {
        if (make() || take_over(i < tries / 2)) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    refuse(name_, fmt::format("{} is made and removed all the time; another process opens this journal again and again",
                              file_.string()));
}

// False where the file is there already.
bool Holder::make() {
    Draft draft(file_, self_);
    if (draft.problem != 0) refuse_folder(name_, file_.parent_path(), draft.problem);
    if (::link(draft.path.c_str(), file_.c_str()) == 0) {
        keep(std::move(draft.descriptor));
        return true;
    }
    if (errno == EEXIST) return false;
    // A file system without links: whoever looks meanwhile finds an empty file, and does not take it for anybody's.
    Descriptor file(::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file && errno == EEXIST) return false;
    const int problem = file ? write_all(file, self_.text()) : errno;
    if (problem != 0) refuse_folder(name_, file_.parent_path(), problem);
    keep(std::move(file));
    return true;
}

// False where it changed meanwhile.
bool Holder::take_over(bool patient) {
    const Descriptor file(::open(file_.c_str(), O_RDWR | O_CLOEXEC));
    if (!file && errno == ENOENT) return false;
    if (!file) refuse_folder(name_, file_.parent_path(), errno);
    const Lock locked = lock(file);
    if (identity_of(file) != journal::identity_of(file_)) return false;
    const Owner owner = Owner::parse(content_of(file));
    Alive state = alive(owner);
    const bool same_kernel = !self_.boot.empty() && owner.boot == self_.boot;
    if (state == Alive::unknown && same_kernel && locked == Lock::ours) state = Alive::no;
    if (state == Alive::unknown && !same_kernel && is_earlier_start(owner.run, self_.run)) state = Alive::no;
    if (state == Alive::yes && owner.pid == self_.pid)
        refuse(name_, "this process has the journal open already; use it in one pool at a time");
    if (state == Alive::yes)
        refuse(name_, fmt::format("{} uses this journal; wait for its end, or name another file", owner.describe()));
    if (state == Alive::unknown)
        refuse(name_, fmt::format("{} may still use this journal; when it has ended, remove {}", owner.describe(),
                                  file_.string()));
    // Two that find the same dead process take turns. But a child of that process may have inherited the lock.
    if (locked == Lock::others && patient) return false;
    Draft draft(file_, self_);
    if (draft.problem != 0) refuse_folder(name_, file_.parent_path(), draft.problem);
    if (::rename(draft.path.c_str(), file_.c_str()) != 0) refuse_folder(name_, file_.parent_path(), errno);
    keep(std::move(draft.descriptor));
    return true;
}

void Holder::keep(Descriptor file) {
    ours_ = std::move(file);
    locks_work_ = lock(ours_) != Lock::none;
    identity_ = identity_of(ours_);
}

bool Holder::is_ours() const noexcept { return journal::identity_of(file_) == identity_; }

Holder::~Holder() {
    if (ours_ && is_ours()) ::unlink(file_.c_str());
}

Owner owner_of(const Place& place) {
    const Descriptor file(::open(place.beside("-holder").c_str(), O_RDONLY | O_CLOEXEC));
    return file ? Owner::parse(content_of(file)) : Owner{};
}

}  // namespace hecaton::detail::journal
