#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/stretches.hpp>
#include <hecaton/recording/switch.hpp>
#include <map>
#include <mutex>
#include <new>
#include <utility>

namespace hecaton::detail::recording {

constinit std::atomic<bool> is_on{false};

namespace {

struct Process {
    Part part;
    std::mutex mutex;  // guards what follows
    StretchList stretches;
    std::map<int, Usage> usages;
};

// Used while the process exits, so never destroyed.
Process* the_process = nullptr;

}  // namespace

std::unique_ptr<Recorder> open_recorder(const std::string& file) {
    Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666));
    if (!opened) {
        log::line(fmt::format("{} cannot be written: {}: nothing is recorded of this run", file, std::strerror(errno)));
        return nullptr;
    }
    return std::make_unique<Recorder>(
        std::move(opened), file, [](std::string& to) { append_noted(to, rank(), take_noted()); },
        [] { is_on.store(false); });
}

void begin(Part part) {
    static Process& process = *new Process;
    process.part = std::move(part);
    the_process = &process;
    // In a copy of the process a lock of ours may be held by a thread that it does not have.
    ::pthread_atfork(nullptr, nullptr, [] { is_on.store(false); });
    is_on.store(true);
}

bool has_begun() noexcept { return the_process != nullptr; }
int rank() noexcept { return the_process->part.rank; }
std::int64_t time_of(std::int64_t steady) noexcept { return steady + the_process->part.shift; }
std::int64_t time_now() noexcept { return time_of(steady_ns()); }

void add(std::string_view lines) noexcept {
    if (Recorder* const recorder = the_process->part.recorder.get()) recorder->add(lines);
}

void flush_soon() noexcept {
    if (Recorder* const recorder = the_process->part.recorder.get()) recorder->flush_soon();
}

void note(Stretch::Kind kind, std::string_view name, std::int64_t start, std::uint64_t bytes) noexcept {
    Stretch stretch{.start = start, .duration = time_now() - start, .bytes = bytes, .kind = kind, .length = 0};
    stretch.set_name(name);
    const std::lock_guard lock(the_process->mutex);
    the_process->stretches.add(stretch);
}

Noted take_noted() noexcept {
    const std::lock_guard lock(the_process->mutex);
    StretchList& stretches = the_process->stretches;
    return {.stretches = stretches.take(), .dropped = stretches.take_dropped()};
}

void append_noted(std::string& to, int rank, const Noted& noted) {
    for (const Stretch& each : noted.stretches) append_stretch(to, rank, each);
    if (noted.dropped != 0) append_dropped(to, rank, noted.dropped);
}

Usage usage() noexcept {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return {.cpu = seconds(used.ru_utime) + seconds(used.ru_stime),
            .peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024,
            .time = time_now()};
}

void note_usage(int rank, const Usage& usage) noexcept {
    const std::lock_guard lock(the_process->mutex);
    try {
        the_process->usages[rank] = usage;
    } catch (const std::bad_alloc&) {  // one line less
    }
}

void forget_usages() noexcept {
    const std::lock_guard lock(the_process->mutex);
    the_process->usages.clear();
}

std::string take_lines() noexcept {
    is_on.store(false);
    std::string lines;
    try {
        Recorder* const recorder = the_process->part.recorder.get();
        if (recorder != nullptr) lines = recorder->take();
        Noted noted = take_noted();
        if (recorder != nullptr) noted.dropped += recorder->dropped();
        append_noted(lines, rank(), noted);
        append_end_rank(lines, rank(), usage());
    } catch (...) {  // no memory: what there is by then
    }
    return lines;
}

bool finish(int status) noexcept {
    Recorder* const recorder = the_process->part.recorder.get();
    if (recorder == nullptr) return false;
    try {
        std::string lines = take_lines();
        std::unique_lock lock(the_process->mutex);
        for (const auto& [who, used] : the_process->usages)
            if (who != rank()) append_end_rank(lines, who, used);
        lock.unlock();
        append_end(lines, time_now(), status);
        recorder->add(lines);
    } catch (...) {  // no memory: a recording without an end
    }
    return recorder->finish();
}

}  // namespace hecaton::detail::recording
