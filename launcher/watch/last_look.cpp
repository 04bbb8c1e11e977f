#include <launcher/watch/last_look.hpp>

#include <sys/wait.h>

#include <csignal>
#include <hecaton/foundation/cgroup.hpp>

namespace hecaton::launcher {

using detail::RankStage;

LastLook::LastLook() : memory_kills_(detail::cgroup::out_of_memory_kills()) {}

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

std::string LastLook::answer(link::Kind question) const {
    if (question == link::Kind::ask_progress) return link::frame(link::Kind::progress, link::encode(notes_.progress()));
    if (question == link::Kind::ask_item) return link::frame(link::Kind::item, link::encode(item()));
    return {};
}

}  // namespace hecaton::launcher
