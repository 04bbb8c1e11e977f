#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <hecaton/foundation/subprocess.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr std::size_t part_size = 64 * 1024;  // a pipe holds that much
constexpr int most_parts = 16;                // unless it was enlarged, to 1 MB at most

// A file in memory: a pipe of more than its own size would have to be filled while the output is read.
Descriptor file_with(const std::string& text) {
    Descriptor made(text.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : ::memfd_create("input", MFD_CLOEXEC));
    for (std::size_t at = 0; made && at < text.size();) {
        const auto count = ::pwrite(made.get(), text.data() + at, text.size() - at, static_cast<off_t>(at));
        if (count < 0 && errno != EINTR) made.reset();
        if (count > 0) at += static_cast<std::size_t>(count);
    }
    return made;
}

}  // namespace

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> made;
    made.reserve(strings.size() + 1);
    for (auto& text : strings) made.push_back(text.data());
    made.push_back(nullptr);
    return made;
}

// Files are made in the order of the streams that they become, so that each has at least its stream's number. So none
// is overwritten before its turn, also where this process has closed its own standard streams.
Subprocess::Subprocess(Options options) : begun_(Clock::now()), most_(options.most) {
    const Descriptor input = file_with(options.input);
    Pipe output = input ? make_pipe() : Pipe();
    Pipe error = output.read && options.errors == Errors::apart ? make_pipe() : Pipe();
    if (!output.read || (options.errors == Errors::apart && !error.read)) {
        result_.problem = errno;
        return;
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output.write.get(), STDOUT_FILENO);
    if (options.errors == Errors::with_output)
        ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    if (error.write) ::posix_spawn_file_actions_adddup2(&actions, error.write.get(), STDERR_FILENO);
    if (!options.folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
    const auto argv = pointers(options.argv);
    const auto environment = options.environment ? pointers(*options.environment) : std::vector<char*>();
    result_.problem = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(),
                                     options.environment ? environment.data() : environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (result_.problem != 0) pid_ = 0;
    output_ = std::move(output.read);
    error_ = std::move(error.read);
    watch();
}

Subprocess::Subprocess(pid_t child, Descriptor output) : pid_(child), begun_(Clock::now()), output_(std::move(output)) {
    watch();
}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      begun_(other.begun_),
      most_(other.most_),
      end_(std::move(other.end_)),
      output_(std::move(other.output_)),
      error_(std::move(other.error_)),
      result_(std::move(other.result_)) {}

Subprocess::~Subprocess() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    reap(0);
}

void Subprocess::watch() {
    if (pid_ == 0) return;
    end_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    for (const auto* file : {&output_, &error_})
        if (*file) ::fcntl(file->get(), F_SETFL, O_NONBLOCK);
}

// Takes what is there of one stream, a part at most, and closes it at its end.
void Subprocess::take(Descriptor& from, std::string& to) {
    std::array<char, part_size> part;
    const auto count = from ? ::read(from.get(), part.data(), part.size()) : 0;
    if (count < 0 && errno == EINTR) return;
    if (count <= 0 && !(count < 0 && errno == EAGAIN && pid_ != 0)) from.reset();
    if (count <= 0) return;
    if (&from == &output_ && !result_.heard) result_.heard = Clock::now() - begun_;
    to.append(part.data(), std::min(static_cast<std::size_t>(count), most_ - std::min(most_, to.size())));
}

bool Subprocess::reap(int flags) {
    int found = 0;
    pid_t reaped = 0;
    while ((reaped = ::waitpid(pid_, &found, flags)) < 0 && errno == EINTR) {
    }
    if (reaped == 0) return false;
    pid_ = 0;
    end_.reset();
    result_.signal = reaped > 0 && WIFSIGNALED(found) ? WTERMSIG(found) : 0;
    result_.status = reaped < 0           ? 255  // this process ignores SIGCHLD, so the kernel does not tell
                     : result_.signal > 0 ? 128 + result_.signal
                                          : WEXITSTATUS(found);
    return true;
}

// All that the process itself wrote is in the pipes when it has ended.
void Subprocess::finish() {
    for (int parts = 0; parts < most_parts; ++parts) {
        take(output_, result_.output);
        take(error_, result_.error);
    }
    output_.reset();
    error_.reset();
}

void Subprocess::wait(std::span<Subprocess> all, std::chrono::nanoseconds limit) {
    using std::chrono::milliseconds;
    const auto deadline = Clock::now() + limit;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        auto pause = std::clamp<milliseconds>(left, milliseconds(0), std::chrono::hours(1));
        std::vector<pollfd> files;
        for (auto& one : all) {
            if (one.pid_ == 0) continue;
            for (const auto* file : {&one.end_, &one.output_, &one.error_}) files.push_back({file->get(), POLLIN, 0});
            if (!one.end_) pause = std::min(pause, milliseconds(10));  // nothing tells about its end
        }
        if (files.empty()) return;
        ::poll(files.data(), files.size(), static_cast<int>(pause.count()));
        for (auto& one : all) {
            if (one.pid_ == 0) continue;
            bool ended = one.reap(WNOHANG);
            if (!ended && left <= left.zero()) {
                ::kill(one.pid_, SIGKILL);
                one.result_.late = ended = one.reap(0);
            }
            if (ended) {
                one.finish();
            } else {
                one.take(one.output_, one.result_.output);
                one.take(one.error_, one.result_.error);
            }
        }
    }
}

Subprocess::Result Subprocess::run(Options options, std::chrono::nanoseconds limit) {
    Subprocess started(std::move(options));
    wait({&started, 1}, limit);
    return started.result();
}

}  // namespace hecaton::detail
