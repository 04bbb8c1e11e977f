#include <launcher/watch/last_look.hpp>

#include <sys/wait.h>

#include <csignal>
#include <hecaton/foundation/cgroup.hpp>

namespace hecaton::launcher {

using detail::RankStage;

namespace {

std::string frames_of(const std::vector<link::Call>& calls) {
    std::string frames;
    for (const auto& call : calls) frames += link::frame(link::Kind::call, link::encode(call));
    return frames;
}

}  // namespace

LastLook::LastLook(bool show_calls)
    : notes_(show_calls), calls_(show_calls), memory_kills_(detail::cgroup::out_of_memory_kills()) {}

void LastLook::fill_in(link::Ended& ended, int result, const rusage& used) const {
    ended.memory = static_cast<std::uint64_t>(used.ru_maxrss) * 1'024;
    ended.signal = WIFSIGNALED(result) ? WTERMSIG(result) : 0;
    ended.status = WIFEXITED(result) ? WEXITSTATUS(result) : 0;
    ended.full_stack = ended.signal == SIGSEGV && item_.stack_was_full();
    const RankStage stage = notes_.stage();
    if (ended.signal == SIGKILL && (stage == RankStage::leaving || (stage == RankStage::finalized && ended.hung))) {
        ended.leaving = true;
        ended.status = notes_.leaving_status();
    }
    ended.opening = notes_.stage() == RankStage::opening;
    ended.driving = notes_.stage() == RankStage::driving;
    if (ended.asked) return;
    ended.serving = notes_.stage() == RankStage::serving;
    if (result != 0 || ended.serving) ended.item = item();
    ended.out_of_memory = ended.signal == SIGKILL && detail::cgroup::out_of_memory_kills() > memory_kills_;
    if (ended.out_of_memory)
        ended.memory_limit = static_cast<std::uint64_t>(detail::cgroup::memory_limit().value_or(0));
}

std::string LastLook::look(ItemTime::time now) {
    if (now >= item_time_.next()) item_time_.look(now);
    return frames_of(calls_.take(notes_.calls(), now));
}

std::string LastLook::answer(link::Kind question) const {
    if (question == link::Kind::ask_progress) return link::frame(link::Kind::progress, link::encode(notes_.progress()));
    if (question != link::Kind::ask_item) return {};
    auto calls = notes_.calls();
    std::erase_if(calls, [](const link::Call& call) { return call.ended; });
    return frames_of(calls) + link::frame(link::Kind::item, link::encode(item()));
}

std::string LastLook::last_answers() {
    std::string frames = frames_of(calls_.rest(notes_.calls()));
    if (const auto made = notes_.progress(); made.items != 0)
        frames += link::frame(link::Kind::progress, link::encode(made));
    return frames;
}

}  // namespace hecaton::launcher
