#include <launcher/batch/diary.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/host.hpp>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher::batch {
namespace {

constexpr auto between_signs_of_life = std::chrono::seconds(5);
constexpr auto between_looks_for_watchers = std::chrono::seconds(1);
constexpr auto watcher_is_there_for = std::chrono::seconds(10);

std::string record_file(const std::string& folder, const std::string& index) {
    return folder.empty() ? "" : folder + "/" + file_of_task("record", index);
}

}  // namespace

Diary::Diary(const std::string& folder, const std::string& index, bool again)
    : folder_(folder), index_(index), file_(record_file(folder, index)) {
    if (file_.empty()) return;
    if (const auto before = read_record(folder, index)) {
        record_ = *before;
        if (!again) {
            record_.runs.push_back({.run = before->run,
                                    .begun = before->begun,
                                    .ended = before->ended,
                                    .status = before->status,
                                    .host = before->host,
                                    .again = before->again});
            record_ = {.run = before->run + 1, .runs = std::move(record_.runs)};
        }
    }
    if (record_.begun == 0) record_.begun = now();
    record_.host = detail::host::name();
    record_.pid = ::getpid();
    write();
    sigset_t all;
    sigset_t mask;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &mask);  // signals are for the thread that waits for them
    thread_ = std::thread([this] { write_now_and_then(); });
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

Diary::~Diary() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Diary::write_now_and_then() {
    auto next = std::chrono::steady_clock::now() + between_signs_of_life;
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, between_looks_for_watchers, [this] { return stop_ || !live_.empty(); }) || !stop_) {
        lock.unlock();
        look_for_watcher();
        write_live();
        if (std::chrono::steady_clock::now() >= next) {
            next = std::chrono::steady_clock::now() + between_signs_of_life;
            write();
        }
        lock.lock();
    }
}

void Diary::look_for_watcher() {
    const auto time = std::chrono::steady_clock::now();
    std::string text = text_in_folder(folder_, watch_file(folder_, index_));
    if (text != watch_) watched_until_ = time + watcher_is_there_for;
    watch_ = std::move(text);
    watched_.store(time < watched_until_);
}

void Diary::write_live() {
    std::string text;
    {
        const std::lock_guard lock(mutex_);
        text.swap(live_);
    }
    if (text.empty()) return;
    try {
        replace_file(live_file(folder_, index_), text);
    } catch (const Refusal&) {  // the next one
    }
}

void Diary::note_live(const std::string& text) {
    {
        const std::lock_guard lock(mutex_);
        live_ = text;
    }
    changed_.notify_all();
}

void Diary::write() {
    std::string text;
    {
        const std::lock_guard lock(mutex_);
        record_.alive = now();
        text = encode(record_) + "\n";
    }
    try {
        replace_file(file_, text);
    } catch (const Refusal&) {  // again at the next time
    }
}

void Diary::note(const std::string& call, std::uint64_t total, std::uint64_t done, std::uint64_t failed) {
    const std::lock_guard lock(mutex_);
    record_.call = call;
    record_.total = total;
    record_.done = done;
    record_.failed = failed;
}

void Diary::note_end(std::chrono::system_clock::time_point end) {
    if (file_.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        record_.deadline = std::chrono::duration<double>(end.time_since_epoch()).count();
    }
    write();
}

void Diary::ended(const RunEnd& end, bool again) {
    if (file_.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        record_.ended = now();
        record_.status = end.status;
        record_.again = again;
        if (end.status != 0) record_.card = end.said;
        record_.memory = end.memory.bytes;
        record_.memory_host = end.memory.host;
        record_.memory_limit = end.memory.limit;
        record_.out_of_memory = end.memory.out_of_memory;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    write();
}

std::string watch_file(const std::string& folder, const std::string& index) {
    return folder + "/" + file_of_task("watch", index);
}

std::string live_file(const std::string& folder, const std::string& index) {
    return folder + "/" + file_of_task("live", index);
}

std::string text_in_folder(const std::string& folder, const std::string& file) {
    // A network file system may show a file late to those that have not looked at its folder.
    const detail::Descriptor look(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return look ? text_of(file) : "";
}

std::optional<Record> read_record(const std::string& folder, const std::string& index) {
    return decode_record(text_in_folder(folder, record_file(folder, index)));
}

}  // namespace hecaton::launcher::batch
