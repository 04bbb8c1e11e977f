#include <csignal>
#include <hecaton/pool/worker/process_host.hpp>
#include <hecaton/survival/zygote_replies.hpp>
#include <vector>

namespace hecaton::detail {

using wire::Kind;

namespace {

wire::ProcessEvent event_of(const Zygote::Reply& reply, std::uint64_t id) {
    using What = Zygote::Reply::What;
    const Kind kind = reply.what == What::started  ? Kind::process_started
                      : reply.what == What::failed ? Kind::process_failed
                                                   : Kind::process_ended;
    return {.kind = kind, .value = reply.value, .id = id};
}

}  // namespace

ProcessHost& process_host() {
    static ProcessHost& host = *new ProcessHost;  // the thread that reads replies may be at it while we exit
    return host;
}

void ProcessHost::start(Worker& worker, std::uint64_t id, std::string_view name, std::span<const std::byte> task) {
    Zygote* const zygote = the_zygote();
    if (zygote == nullptr) return worker.report({.kind = Kind::process_failed, .value = 0, .id = id});
    const std::uint64_t number = zygote_replies().add([this, &worker, id](const Zygote::Reply& reply) {
        worker.report(event_of(reply, id));
        if (reply.what == Zygote::Reply::What::started) return;
        const std::lock_guard lock(mutex_);  // only now: until then forget() waits for us
        numbers_.erase({&worker, id});
    });
    if (number == 0) return worker.report({.kind = Kind::process_failed, .value = -1, .id = id});
    {
        const std::lock_guard lock(mutex_);
        numbers_[{&worker, id}] = number;
    }
    zygote->start(number, worker.rank(), worker.size(), name, task);  // if it is gone, whoever reads replies says so
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
        const auto begin = numbers_.lower_bound({&worker, 0});
        auto end = begin;
        for (; end != numbers_.end() && end->first.first == &worker; ++end) left.push_back(end->second);
        numbers_.erase(begin, end);
    }
    for (const std::uint64_t number : left) {
        zygote_replies().remove(number);
        the_zygote()->signal(number, SIGKILL);
    }
}

}  // namespace hecaton::detail
