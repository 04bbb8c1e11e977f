#include <launcher/supervision/words.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <set>

#include <launcher/base/refusal.hpp>
#include <launcher/deadline/job_end.hpp>
#include <launcher/engines/mpirun_text.hpp>
#include <launcher/supervision/card.hpp>

namespace hecaton::launcher {
namespace {

constexpr int status_of_no_beginning = 1;  // Open MPI 4's where MPI_Init fails

double seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1'000; }

// Open MPI's mpirun may have lost the paragraph about the cause. Where the rank said something itself, it may have
// called MPI_Abort after that, and the paragraph is not missed.
bool cause_is_missing(const Summary& run) {
    const auto first = run.ranks.first_failure();
    if (!first || run.family != Mpi::open_mpi) return false;
    const Rank& rank = run.ranks.rank(*first);
    const bool lost = run.causes.lost && !run.causes.told && rank.how.status == status_of_no_beginning &&
                      !says_more_than_mpi(rank.last_words);
    return lost || (run.causes.text.empty() && failed_to_begin(rank.last_words));
}

// For ranks that ended well, and whose helpers had to be ended after them.
std::string outlived(const RankTable& ranks) {
    const auto has_been = [](const Rank& rank) { return !rank.outlived_by.empty(); };
    const auto first = ranks.first(has_been);
    if (!first) return {};
    return fmt::format("rank {} ended, but what it had started still ran a second later, and was ended: {}",
                       ranks.which(has_been), ranks.rank(*first).outlived_by);
}

// For ranks that the job has gone on without.
std::string survived(const RankTable& ranks) {
    const auto lost = [](const Rank& rank) { return rank.survived && !rank.how.leaving; };
    int count = 0;
    for (int i = 0; i < ranks.size(); ++i) count += lost(ranks.rank(i)) ? 1 : 0;
    if (count == 0) return {};
    return fmt::format("rank {} of {} {} lost on the way, and the job went on without {}", ranks.which(lost),
                       ranks.size(), count == 1 ? "was" : "were", count == 1 ? "it" : "them");
}

bool one_explained_itself(const RankTable& ranks, int status) {
    return ranks.first([&](const Rank& rank) { return explained_itself(rank) && status_of(rank.how) == status; })
        .has_value();
}

std::vector<std::string> late_card(const Summary& run, int first) {
    const int status = status_of(run.ranks.rank(first).how);
    if (one_explained_itself(run.ranks, status)) return {};
    auto lines = crash_card(run.ranks, first, run.closer);
    const auto others =
        run.ranks.which([&](const Rank& rank) { return &rank != &run.ranks.rank(first) && failed_by_itself(rank); });
    if (!others.empty()) lines.push_back(fmt::format("  after it also failed: rank {}", others));
    return lines;
}

// Two runs began in the same moment, and the engine of this one did not stand it.
bool collided(const Summary& run) {
    return !run.collision.empty() && !run.ranks.first([](const Rank& rank) { return rank.here; });
}

std::string without_failure(const Summary& run) {
    if (collided(run))
        return fmt::format(
            "{} could not make its folder {}, because it is there: another run may have made it in the same moment",
            run.engine, run.collision);
    if (!run.ranks.all_here()) return fmt::format("{} did not start all ranks", run.engine);
    const auto suspects = run.ranks.which([](const Rank& rank) { return !rank.how.by_engine && !rank.how.asked; });
    if (suspects.empty() && !run.lost_daemon.empty())
        return fmt::format(
            "{} has lost its daemon on {}, and ended the job: somebody killed it, or the machine or its network is "
            "gone",
            run.engine, run.lost_daemon);
    if (suspects.empty()) return fmt::format("{} ended the job: a rank called MPI_Abort", run.engine);
    return fmt::format(
        "{} ended the job although no rank failed: rank {} left with status 0 without MPI_Finalize, or called "
        "MPI_Abort with it",
        run.engine, suspects);
}

int status_of_engine(const Summary& run) {
    return WIFSIGNALED(run.engine_result) ? 128 + WTERMSIG(run.engine_result) : WEXITSTATUS(run.engine_result);
}

// A rank has said so, or has ended the job with that status.
bool asks_to_run_again(const Summary& run) {
    if (!run.ranks.time_is_limited() || run.ranks.first_failure()) return false;
    return run.ranks.out_of_time() || status_of_engine(run) == out_of_time;
}

}  // namespace

std::vector<std::string> closing_words(const Summary& run) {
    std::vector<std::string> lines;
    if (cause_is_missing(run)) lines.emplace_back(cause_was_lost);
    if (!run.output_problem.empty()) lines.push_back(fmt::format("output is missing: {}", run.output_problem));
    if (run.verdict == timed_out || run.verdict == out_of_time || (run.signal != 0 && run.signal != SIGPIPE))
        for (auto& line : items_then(last_items(run.ranks))) lines.push_back("when asked to end, " + line);
    if (run.verdict != 0 || run.signal != 0) return lines;
    if (auto text = outlived(run.ranks); !text.empty() && !run.quiet) lines.push_back(std::move(text));
    if (auto text = survived(run.ranks); !text.empty()) lines.push_back(std::move(text));
    const auto first = run.ranks.first_failure();
    if (first && !run.card_shown)
        for (auto& line : late_card(run, *first)) lines.push_back(std::move(line));
    if (!first && run.ranks.status() != 0 && !asks_to_run_again(run)) lines.push_back(without_failure(run));
    return lines;
}

int exit_status(const Summary& run) {
    if (run.verdict == timed_out && run.ranks.out_of_time()) return out_of_time;
    if (run.verdict != 0) return run.verdict;
    if (run.signal != 0) return 128 + run.signal;
    const int status = run.ranks.status();
    if (!run.output_problem.empty() && status == 0) return 1;
    if (run.ranks.first_failure()) return status;
    const int engine = status_of_engine(run);
    // Where the engine did not start all ranks, its status is all that is known.
    if (!run.ranks.all_here()) return engine != 0 ? engine : 1;
    if (status == 0) return 0;
    // The engine ended the ranks: MPI_Abort may tell its status to the engine alone.
    return engine > 0 && engine < not_executable ? engine : 1;
}

bool died(const Summary& run) {
    if (run.signal != 0) return false;
    if (WIFSIGNALED(run.engine_result) && run.verdict == 128 + WTERMSIG(run.engine_result)) return true;
    if (run.verdict != 0) return false;
    if (const auto first = run.ranks.first_failure()) {
        const Rank& rank = run.ranks.rank(*first);
        // MPI_Init fails where the engine is killed meanwhile, and the rank may be heard of first.
        const bool opening = rank.how.opening && WIFSIGNALED(run.engine_result);
        return rank.lost || opening || (rank.how.signal != 0 && rank.how.signal != SIGABRT);
    }
    return WIFSIGNALED(run.engine_result) || !run.lost_daemon.empty() || collided(run);
}

bool begun(const Summary& run) {
    if (collided(run)) return false;
    const auto first = run.ranks.first_failure();
    if (!first) return true;
    const auto& how = run.ranks.rank(*first).how;
    const auto further = [](const Rank& rank) { return rank.how.driving || rank.how.serving || rank.how.leaving; };
    return !how.opening || how.signal != SIGKILL || how.out_of_memory || run.ranks.first(further).has_value();
}

std::vector<RankItem> items_of(const RankTable& ranks, const std::map<int, link::Item>& told) {
    std::vector<RankItem> items;
    for (int i = 0; i < ranks.size(); ++i) {
        const Rank& rank = ranks.rank(i);
        if (const auto one = told.find(i); one != told.end() && !rank.ended)
            items.push_back({i, rank.hello.host, one->second});
    }
    return items;
}

std::vector<RankItem> last_items(const RankTable& ranks) {
    std::vector<RankItem> items;
    items.reserve(static_cast<std::size_t>(ranks.size()));
    for (int i = 0; i < ranks.size(); ++i) items.push_back({i, ranks.rank(i).hello.host, ranks.rank(i).how.item});
    return items;
}

std::string rank_map(const RankTable& ranks) {
    std::size_t width = 4;
    std::size_t cores = 5;
    bool gpus = false;
    for (int i = 0; i < ranks.size(); ++i) {
        const auto& hello = ranks.rank(i).hello;
        width = std::max(width, hello.host.size());
        cores = std::max(cores, hello.cores.size());
        gpus = gpus || !hello.gpus.empty();
    }
    const auto line = [&](const std::string& rank, const link::Hello& hello) {
        std::string text = fmt::format("{:>6}  {:{}}  ", rank, hello.host, width);
        return text + (gpus ? fmt::format("{:{}}  {}\n", hello.cores, cores, hello.gpus) : hello.cores + "\n");
    };
    std::string table = line("rank", {.token = {}, .host = "host", .cores = "cores", .gpus = "gpus"});
    for (int i = 0; i < ranks.size(); ++i) table += line(std::to_string(i), ranks.rank(i).hello);
    return table;
}

std::string limit_reached(const RankTable& ranks, const std::string& engine, std::chrono::milliseconds limit) {
    const std::string running = ranks.still_running();
    const std::string missing = ranks.missing();
    return fmt::format("the time limit of {:g} s is over; {}{}", seconds(limit),
                       running.empty() ? "no rank ran" : fmt::format("rank {} still ran and was asked to end", running),
                       missing.empty() ? "" : fmt::format("; {} had not started rank {}", engine, missing));
}

std::string time_is_over(const RankTable& ranks, const RunOptions& options) {
    const std::string running = ranks.still_running();
    const std::string& journal = options.kept.journal;
    return fmt::format("out of time: {} are over{}; {}", what_ends(options.end),
                       running.empty() ? "" : fmt::format(", and rank {} still ran and was asked to end", running),
                       journal.empty() ? "nothing is kept: everything would run again"
                                       : "run it again: " + journal + " has what is done");
}

// mpirun may hang while it starts ranks, or be slow, so the run goes on.
std::string ranks_missing(const RankTable& ranks, const std::string& engine, std::chrono::milliseconds patience) {
    std::set<std::string> hosts;
    for (int i = 0; i < ranks.size(); ++i)
        if (ranks.rank(i).here) hosts.insert(ranks.rank(i).hello.host);
    const char* what_helps = "waiting on (Ctrl-C or --timeout end it)";
    if (hosts.empty())
        return fmt::format("{} has not started any rank in {:g} s; {}", engine, seconds(patience), what_helps);
    return fmt::format("{} has not started rank {}, {:g} s after the last of the others, on {}; {}", engine,
                       ranks.missing(), seconds(patience), fmt::join(hosts, ", "), what_helps);
}

std::string engine_died(const std::string& engine, int signal) {
    return fmt::format("{} was ended by signal {}, and the ranks with it", engine, signal);
}

std::string no_such_job(const std::string& problem, const std::string& job) {
    return fmt::format(
        "variables (SLURM_JOB_ID={}) say that this is a job of Slurm's, but srun says: {}; if the job has ended, or "
        "they "
        "came from elsewhere, unset them (in bash: unset ${{!SLURM_*}})",
        job, problem);
}

std::string does_not_fit(const std::string& problem, const std::string& engine, const Linked& program) {
    const std::string linked = name(program);
    return fmt::format("{}: {} does not fit {}; start it with the launcher of its own MPI", problem, engine,
                       linked.empty() ? "the program" : linked);
}

std::string loaded_other_mpi(int rank, const Linked& library, const std::string& engine) {
    return fmt::format(
        "rank {} has loaded {} ({}), but {} started it, so each rank is alone: start it with --engine {}", rank,
        name(library), library.library, engine, library.mpi == Mpi::mpich ? "hydra" : "openmpi");
}

std::string took_itself_for(int rank) {
    return fmt::format(
        "a program that rank {} has started called MPI_Init as if it were that rank, and failed: then a job may never "
        "end. Start it with hecaton run -n 1",
        rank);
}

std::string wants_terminal(int rank) {
    return fmt::format(
        "rank {} waits for ever: it wants the terminal itself (/dev/tty), as for a password, and ranks cannot have it; "
        "standard input they can read (rank 0)",
        rank);
}

}  // namespace hecaton::launcher
