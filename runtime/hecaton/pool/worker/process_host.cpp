#include <csignal>
#include <hecaton/pool/worker/process_host.hpp>
#include <hecaton/survival/zygote_replies.hpp>
#include <utility>

namespace hecaton::detail {

using What = Zygote::Reply::What;

namespace {

wire::ProcessEvent event_of(const Zygote::Reply& reply, std::uint64_t id) {
    const wire::Kind kind = reply.what == What::started  ? wire::Kind::process_started
                            : reply.what == What::failed ? wire::Kind::process_failed
                                                         : wire::Kind::process_ended;
    return {.kind = kind, .value = reply.value, .id = id};
}

}  // namespace

void ProcessHost::start(std::uint64_t id, std::string_view name, std::span<const std::byte> task) {
    Zygote* const zygote = the_zygote();
    if (zygote == nullptr) return report_({.kind = wire::Kind::process_failed, .value = 0, .id = id});
    const std::uint64_t number = zygote_replies().add([this, id](const Zygote::Reply& reply) {
        report_(event_of(reply, id));
        if (reply.what == What::started) return;
        const std::lock_guard lock(mutex_);  // not before: until the number is erased, end_all() waits for this handler
        numbers_.erase(id);
    });
    if (number == 0) return report_({.kind = wire::Kind::process_failed, .value = -1, .id = id});
    {
        const std::lock_guard lock(mutex_);
        numbers_[id] = number;
    }
    // When the zygote is gone, the thread that reads its replies says so.
    zygote->start(number, context_.rank, context_.size, name, task);
}

void ProcessHost::signal(std::uint64_t id, int signo) {
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto found = numbers_.find(id);
        if (found == numbers_.end()) return;
        number = found->second;
    }
    the_zygote()->signal(number, signo);
}

void ProcessHost::end_all() {
    std::unordered_map<std::uint64_t, std::uint64_t> left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(numbers_);
    }
    for (const auto& [id, number] : left) {
        zygote_replies().remove(number);
        the_zygote()->signal(number, SIGKILL);
    }
}

}  // namespace hecaton::detail
