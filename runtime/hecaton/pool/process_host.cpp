#include <csignal>
#include <hecaton/pool/process_host.hpp>
#include <hecaton/survival/zygote.hpp>
#include <thread>
#include <vector>

namespace hecaton::detail {

using wire::Kind;

ProcessHost& process_host() {
    static ProcessHost& host = *new ProcessHost;  // its thread may be waiting while the process exits
    return host;
}

void ProcessHost::start(Worker& worker, std::uint64_t id, std::string_view name, std::span<const std::byte> task) {
    Zygote* const zygote = the_zygote();
    if (zygote == nullptr) return worker.report({.kind = Kind::process_failed, .value = 0, .id = id});
    std::uint64_t number = 0;
    if (!add(worker, id, number)) return worker.report({.kind = Kind::process_failed, .value = -1, .id = id});
    zygote->start(number, worker.rank(), worker.size(), name, task);  // if it is gone, whoever reads replies says so
}

bool ProcessHost::add(Worker& worker, std::uint64_t id, std::uint64_t& number) {
    const std::lock_guard lock(mutex_);
    if (gone_) return false;
    number = next_++;
    hosted_[number] = {&worker, id};
    numbers_[{&worker, id}] = number;
    if (!std::exchange(reading_, true)) std::thread([this] { read_replies(); }).detach();
    return true;
}

void ProcessHost::signal(const Worker& worker, std::uint64_t id, int signo) {
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto found = numbers_.find({&worker, id});
        if (found == numbers_.end()) return;
        number = found->second;
    }
    the_zygote()->signal(number, signo);
}

void ProcessHost::forget(const Worker& worker) {
    std::vector<std::uint64_t> left;
    {
        const std::lock_guard lock(mutex_);
        for (auto at = numbers_.begin(); at != numbers_.end();) {
            if (at->first.first != &worker) {
                ++at;
                continue;
            }
            left.push_back(at->second);
            hosted_.erase(at->second);
            at = numbers_.erase(at);
        }
    }
    for (const std::uint64_t number : left) the_zygote()->signal(number, SIGKILL);
}

void ProcessHost::read_replies() {
    using What = Zygote::Reply::What;
    Zygote& zygote = *the_zygote();
    while (const auto reply = zygote.next_reply()) {
        const std::lock_guard lock(mutex_);
        const auto found = hosted_.find(reply->id);
        if (found == hosted_.end()) continue;  // forgotten
        const Hosted process = found->second;
        const Kind kind = reply->what == What::started  ? Kind::process_started
                          : reply->what == What::failed ? Kind::process_failed
                                                        : Kind::process_ended;
        if (reply->what != What::started) {
            numbers_.erase({process.worker, process.id});
            hosted_.erase(found);
        }
        process.worker->report({.kind = kind, .value = reply->value, .id = process.id});
    }
    report_end_of_all();
}

// Somebody has killed the zygote, and with it all its processes.
void ProcessHost::report_end_of_all() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    for (const auto& [number, process] : hosted_)
        process.worker->report({.kind = Kind::process_ended, .value = SIGKILL, .id = process.id});
    hosted_.clear();
    numbers_.clear();
}

}  // namespace hecaton::detail
