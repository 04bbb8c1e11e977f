#include <csignal>
#include <hecaton/survival/zygote_replies.hpp>
#include <utility>

namespace hecaton::detail {

using What = Zygote::Reply::What;

ZygoteReplies& zygote_replies() {
    static ZygoteReplies& replies = *new ZygoteReplies(*the_zygote(), ZygoteReplies::Life::process);
    return replies;
}

ZygoteReplies::~ZygoteReplies() {
    if (thread_.joinable()) thread_.join();
}

std::uint64_t ZygoteReplies::add(Handler handler) {
    const std::lock_guard lock(mutex_);
    if (gone_) return 0;
    handlers_[++last_] = std::move(handler);
    if (!reading_) {
        std::thread thread([this] { read(); });
        if (life_ == Life::scope)
            thread_ = std::move(thread);
        else
            thread.detach();
        reading_ = true;
    }
    return last_;
}

void ZygoteReplies::remove(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    handlers_.erase(number);
}

void ZygoteReplies::read() {
    while (const auto reply = zygote_.next_reply()) {
        const std::lock_guard lock(mutex_);
        const auto found = handlers_.find(reply->id);
        if (found == handlers_.end()) continue;
        found->second(*reply);
        if (reply->what != What::started) handlers_.erase(found);
    }
    const std::lock_guard lock(mutex_);
    gone_ = true;
    for (const auto& [number, handler] : handlers_) handler({What::ended, SIGKILL, number});
    handlers_.clear();
}

}  // namespace hecaton::detail
