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

std::string record_file(const std::string& folder, const std::string& index) {
    return folder.empty() ? "" : folder + "/" + file_of_task("record", index);
}

}  // namespace

Diary::Diary(const std::string& folder, const std::string& index, bool again) : file_(record_file(folder, index)) {
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
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, between_signs_of_life, [this] { return stop_; })) {
        lock.unlock();
        write();
        lock.lock();
    }
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

std::optional<Record> read_record(const std::string& folder, const std::string& index) {
    // A network file system may show a file late to those that have not looked at its folder.
    if (const detail::Descriptor look(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); !look)
        return std::nullopt;
    return decode_record(text_of(record_file(folder, index)));
}

}  // namespace hecaton::launcher::batch
