// The verdict of hecaton doctor --batch on its trial.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <launcher/batch/text.hpp>
#include <launcher/doctor/batch/batch_trial.hpp>

namespace hecaton::launcher {
namespace {

using End = BatchTrial::End;

std::string where(const Trial& trial) {
    return trial.hosts.empty() ? "" : fmt::format(" on {}", fmt::join(trial.hosts, ", "));
}

Check ended_well(const BatchTrial& made) {
    const Trial& trial = made.trial;
    std::string text = fmt::format("job {}{}: {}", made.job, where(trial), in_words(trial));
    if (made.in_queue.count() > 0) text += fmt::format("; it waited for {} s in the queue", made.in_queue.count());
    if (static_cast<int>(trial.hosts.size()) < made.nodes)
        return {"trial", Verdict::warning, text + "; it was to have two nodes, so MPI between nodes was not tried",
                "look at what spreads a job over nodes: of Grid Engine, an environment with $round_robin or a number"};
    if (!trial.untried.empty())
        return {"trial", Verdict::warning, fmt::format("{}; MPI was not tried: {}", text, trial.untried),
                "name a program that is linked with it: hecaton doctor --batch ./program"};
    return {"trial", Verdict::ok, text};
}

std::string log_of(const BatchTrial& made) {
    return fmt::format("hecaton logs {} shows all of it; its folder is {}", made.job, made.folder);
}

Check ended_badly(const BatchTrial& made) {
    std::string text = fmt::format("job {}{}, {}", made.job, where(made.trial), made.state);
    if (!made.why.empty()) text += " (" + made.why + ")";
    return {"trial", Verdict::bad, fmt::format("{}: {}", text, in_words(made.trial)), log_of(made)};
}

std::string cancelled(const BatchTrial& made) {
    return made.cancelled ? "was cancelled" : fmt::format("is perhaps not cancelled: hecaton cancel {}", made.job);
}

}  // namespace

Check check_batch_trial(const BatchTrial& made) {
    const std::string why = made.why.empty() ? "it does not say why" : batch::text::on_one_line(made.why);
    switch (made.end) {
        case End::over:
            return well(made.trial) ? ended_well(made) : ended_badly(made);
        case End::refused:
            return {"trial", Verdict::bad, why, "give what it asks for: --queue, --account, --directive"};
        case End::waiting:
            return {"trial", Verdict::warning,
                    fmt::format("job {} did not begin in time, and {}: {}", made.job, cancelled(made), why),
                    "wait longer (--patience), or take another queue (--queue)"};
        case End::silent:
            return {"trial", Verdict::bad, fmt::format("nothing is known of job {}: {}", made.job, why),
                    fmt::format("hecaton status {} goes on looking for it", made.job)};
        case End::overdue:
            return {"trial", Verdict::bad,
                    fmt::format("job {} did not end in its time of {} s, and {}", made.job, batch_trial_time.count(),
                                cancelled(made)),
                    log_of(made)};
        case End::interrupted:
            break;
    }
    return {"trial", Verdict::bad,
            made.job.empty() ? std::string("interrupted: ") + why
                             : fmt::format("interrupted; job {} {}", made.job, cancelled(made))};
}

}  // namespace hecaton::launcher
