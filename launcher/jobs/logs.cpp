// hecaton logs: what jobs have printed, all ranks or some of them, also while it comes.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/log.hpp>
#include <thread>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher {
namespace {

using namespace jobs;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A file that grows, and where it goes to.
struct Stream {
    std::string file;
    int to = STDOUT_FILENO;
    detail::Descriptor opened = {};
};

// False where nobody reads any more.
bool pass_on(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(to, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// Where the last `lines` of the file begin.
off_t tail_of(int file, int lines) {
    std::array<char, 64 * 1024> buffer;
    off_t at = ::lseek(file, 0, SEEK_END);
    bool last = true;  // the file's last line break ends its last line
    while (at > 0) {
        const auto size = std::min<off_t>(at, static_cast<off_t>(buffer.size()));
        at -= size;
        const auto count = ::pread(file, buffer.data(), static_cast<std::size_t>(size), at);
        for (auto i = count; i-- > 0;) {
            if (buffer[static_cast<std::size_t>(i)] == '\n' && !last && --lines == 0) return at + i + 1;
            if (buffer[static_cast<std::size_t>(i)] == '\n' && last && lines == 0) return at + i + 1;
            last = false;
        }
    }
    return 0;
}

class Streams {
  public:
    Streams(const std::vector<Job>& tasks, const JobOptions& options) : tail_(options.tail), named_(tasks.size() > 1) {
        for (const auto& task : tasks) {
            if (options.ranks.empty()) {
                add(task.folder + "/batch.out", STDERR_FILENO);
                add(task.file("out"), STDOUT_FILENO);
                add(task.file("err"), STDERR_FILENO);
            } else {
                add_ranks(task, options);
            }
        }
    }

    /// Prints what is new. False where nobody reads it.
    bool print_new() {
        for (auto& stream : streams_)
            if (!print_new(stream)) return false;
        return true;
    }
    bool printed() const { return printed_; }

  private:
    void add(std::string file, int to) {
        if (std::ranges::find(streams_, file, &Stream::file) == streams_.end())
            streams_.push_back({.file = std::move(file), .to = to});
    }

    void add_ranks(const Job& task, const JobOptions& options) {
        for (const auto& [first, last] : options.ranks)
            for (int rank = first; rank <= last; ++rank)
                for (const char* const kind : {"out", "err"})
                    add(fmt::format("{}/rank.{}.{}", task.file("ranks"), rank, kind),
                        kind == std::string_view("out") ? STDOUT_FILENO : STDERR_FILENO);
    }

    bool print_new(Stream& stream) {
        if (!stream.opened) {
            stream.opened.reset(::open(stream.file.c_str(), O_RDONLY | O_CLOEXEC));
            if (!stream.opened) return true;
            if (tail_) ::lseek(stream.opened.get(), tail_of(stream.opened.get(), *tail_), SEEK_SET);
        }
        std::array<char, 64 * 1024> buffer;
        for (;;) {
            const auto count = ::read(stream.opened.get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return true;
            if (!name(stream)) return false;
            printed_ = true;
            if (!pass_on(stream.to, {buffer.data(), static_cast<std::size_t>(count)})) return false;
        }
    }

    // Before the lines of another file, where there are several jobs or tasks.
    bool name(const Stream& stream) {
        if (!named_ || last_ == &stream) return true;
        last_ = &stream;
        return pass_on(stream.to, fmt::format("==> {} <==\n", stream.file));
    }

    std::optional<int> tail_;
    bool named_;
    bool printed_ = false;
    std::vector<Stream> streams_;
    const Stream* last_ = nullptr;
};

std::string state_of(const Known& known) {
    std::string text = fmt::format("{} is {}", known.job.shown(), batch::name(known.state));
    if (!known.why.empty()) text += ", " + known.why;
    return text;
}

void say_why_empty(const std::vector<Known>& known, const JobOptions& options) {
    const auto& first = known.front();
    if (!options.ranks.empty() && first.state != batch::State::waiting) {
        detail::log::line(
            fmt::format("{}: nothing is there of that rank; the job's log has all of them together: hecaton "
                        "logs {}",
                        first.job.shown(), first.job.shown()));
    } else {
        detail::log::line(fmt::format("nothing was printed: {}", state_of(first)));
    }
}

void follow(const std::vector<Job>& tasks, Streams& streams) {
    auto pause = std::chrono::milliseconds(50);
    auto look = clock::now();
    auto next_look = 500ms;
    const bool local = std::ranges::all_of(tasks, [](const Job& job) { return job.scheduler == "local"; });
    for (bool ended = false;;) {
        if (!streams.print_new() || ended) return;
        if (clock::now() >= look) {
            ended = std::ranges::all_of(look_at(tasks), &Known::ended);
            look = clock::now() + next_look;
            next_look = std::min<std::chrono::milliseconds>(2 * next_look, local ? 1'000ms : 30'000ms);
            if (ended) continue;  // what it printed last
        }
        std::this_thread::sleep_for(pause);
        pause = std::min<std::chrono::milliseconds>(2 * pause, 400ms);
    }
}

}  // namespace

int show_logs(const JobOptions& options) {
    const auto all = all_jobs();
    std::vector<Job> tasks;
    for (const auto& word : options.jobs) std::ranges::copy(tasks_of(find_job(all, word)), std::back_inserter(tasks));
    Streams streams(tasks, options);
    if (options.follow) {
        follow(tasks, streams);
        return 0;
    }
    (void)streams.print_new();
    if (!streams.printed()) say_why_empty(look_at(tasks), options);
    return 0;
}

}  // namespace hecaton::launcher
