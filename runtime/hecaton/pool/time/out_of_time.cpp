#include <fmt/format.h>

#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/journal/journals.hpp>
#include <hecaton/pool/time/out_of_time.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <mutex>

namespace hecaton::detail {
namespace {

struct CutItems {
    std::uint64_t done = 0;
    std::uint64_t drained = 0;
    std::uint64_t left = 0;
    bool unread = false;  // nobody knows how many more the inputs have

    std::string text() const {
        return fmt::format("{} item{} done, {} drained, {} left{}", done, done == 1 ? "" : "s", drained, left,
                           unread ? " and what was not read of the input" : "");
    }
};

struct CutCalls {
    std::mutex mutex;
    std::uint64_t calls = 0;
    std::uint64_t kept = 0;  // of them: by a journal
    CutItems items;
    bool said = false;
};

CutCalls& cut_calls() {
    static CutCalls& instance = *new CutCalls;  // used while the process exits, so never destroyed
    return instance;
}

}  // namespace

std::exception_ptr cut_for_time(const scheduling::JobCounters& counters, const std::string& name, bool kept) {
    const std::uint64_t done = counters.done_before + counters.finished + counters.lost;
    const CutItems call{.done = done - counters.drained,
                        .drained = counters.drained,
                        .left = counters.items - done,
                        .unread = counters.open};
    auto error = std::make_exception_ptr(
        OutOfTime(fmt::format("the job's time is over, and the call{} was cut: {}; run it again",
                              name.empty() ? "" : " \"" + name + "\"", call.text())));
    CutCalls& all = cut_calls();
    const std::lock_guard lock(all.mutex);
    ++all.calls;
    if (kept) ++all.kept;
    all.items.done += call.done;
    all.items.drained += call.drained;
    all.items.left += call.left;
    all.items.unread = all.items.unread || call.unread;
    return error;
}

std::exception_ptr items_given_up() {
    return std::make_exception_ptr(OutOfTime("the job's time is over, and items that still ran were given up"));
}

bool cut_for_time() noexcept {
    CutCalls& all = cut_calls();
    const std::lock_guard lock(all.mutex);
    return all.calls != 0;
}

void forget_cut_calls() noexcept {
    CutCalls& all = cut_calls();
    const std::lock_guard lock(all.mutex);
    all.calls = all.kept = 0;
    all.items = {};
    all.said = false;
}

void say_out_of_time() {
    CutCalls& all = cut_calls();
    const std::lock_guard lock(all.mutex);
    if (all.calls == 0 || all.said) return;
    all.said = true;
    const char* const next = all.kept == all.calls ? "run it again, and it computes the rest"
                             : all.kept != 0
                                 ? "run it again; calls without a journal run again from their beginning"
                                 : "run it again with more time: everything runs again (--journal keeps what is done)";
    log::line(fmt::format("out of time: {}; {}", all.items.text(), next));
}

void end_out_of_time() {
    say_out_of_time();
    flush_journals();
    abort_job(out_of_time_status);
}

}  // namespace hecaton::detail
