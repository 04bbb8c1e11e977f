#include <fmt/format.h>

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/foundation/stack_watch.hpp>
#include <hecaton/job/job_time.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/job_end.hpp>
#include <hecaton/launch/job_variables.hpp>
#include <hecaton/launch/pmix.hpp>
#include <hecaton/launch/recording.hpp>
#include <hecaton/launch/self_launch.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/task_page.hpp>
#include <hecaton/transport/mpi_calls.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <hecaton/transport/rank_place.hpp>
#include <hecaton/transport/recording.hpp>
#include <mutex>
#include <string>
#include <vector>

namespace hecaton::detail {
namespace {

struct Session {
    std::mutex mutex;
    std::vector<ExitHook*> hooks;
    int abort_status = 0;
    bool ours = false;
    std::vector<int> lost;  // ranks of the world
    int finalize_port = 0;  // of PMIx's server
};

Session& session() {
    static Session& instance = *new Session;  // used while the process exits, so never destroyed
    return instance;
}

bool mpi_is_up() {
    int initialized = 0;
    int finalized = 0;
    MPI_Initialized(&initialized);
    MPI_Finalized(&finalized);
    return initialized != 0 && finalized == 0;
}

// Hooks run from the newest to the oldest; each may end the job.
void run_hooks(int status) {
    Session& s = session();
    std::vector<ExitHook*> hooks;
    {
        const std::lock_guard lock(s.mutex);
        hooks.assign(s.hooks.rbegin(), s.hooks.rend());
    }
    for (ExitHook* hook : hooks) hook->process_exits(status);
}

void at_exit(int status, void* /*unused*/) {
    if (is_forked_copy()) return;
    if (!mpi_is_up()) return end_zygote();
    run_hooks(status);
    if (session().abort_status != 0) abort_job(session().abort_status);
    end_zygote();
    if (!session().lost.empty()) {  // MPI_Finalize waits for every rank
        note_stage(RankStage::unfinalized);
        end_recording(status, false);
        return launch::make_report();
    }
    if (RankNotes* const notes = rank_notes()) notes->leaving_status.store(status & 0xff);
    note_stage(RankStage::leaving);
    end_recording(status, true);
    launch::make_finalize_prompt(session().finalize_port);
    MPI_Finalize();
    note_stage(RankStage::finalized);
    launch::make_report();
}

// MPI writes to a connection whose other end has just died. That is no reason for this rank to die, too. (Ignored, the
// signal would be so in programs that this one starts; a handler is forgotten there.)
void outlive_connections() {
    int size = 1;
    check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
    struct sigaction now {};
    if (size == 1 || ::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
    now.sa_handler = [](int) {};
    now.sa_flags = SA_RESTART;
    ::sigaction(SIGPIPE, &now, nullptr);
}

// How many ranks the launcher has started. Programs that this one starts have worlds of their own.
std::string take_expected_size() {
    const char* text = std::getenv("HECATON_EXPECTED_SIZE");
    std::string expected = text != nullptr ? text : "";
    ::unsetenv("HECATON_EXPECTED_SIZE");
    return expected;
}

void check_world_size(const std::string& expected) {
    if (expected.empty()) return;
    int size = 0;
    check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
    if (expected == "0" || expected == std::to_string(size)) return;  // 0: the launcher did not know
    throw UsageError(
        fmt::format("{} ranks were started, but this program is in a world of {}: the launcher belongs to another "
                    "MPI than the program. Start it with the mpirun of the MPI that it was built with",
                    expected, size));
}

// Once. Before other processes are forked, so that they know it too.
void heed_job_time() {
    static std::once_flag read;
    std::call_once(read, [] {
        launch::read_job_end();
        heed_warnings();
    });
}

}  // namespace

bool start_mpi(int argc, char** argv, int processes, const std::function<void()>& initializer) {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized != 0)
        throw UsageError(
            "MPI was finalised already, and cannot be started again in the same process: open pools before "
            "MPI_Finalize");
    show_tasks();
    find_rank_notes();
    if (is_forked_copy())
        throw UsageError(
            "hecaton::run was called, or an Environment made, in a process that the program has forked from a rank: "
            "the copy has no MPI. Start the work in the rank itself, or another program by exec");
    if (mpi_is_up()) return false;
    if (inside_process())
        throw UsageError(
            "MPI cannot be started inside a hecaton::Process or an isolated item, which is no rank of its own: start "
            "the pool in the body, and give its results as arguments");
    launch::self_launch_if_wanted(argc, argv, processes);
    // Alone, without a launcher: Open MPI would start a daemon for MPI_Comm_spawn, which takes half a second.
    if (!launch::rank_variable_set(launch::variables())) ::setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    share_cores();
    session().finalize_port = launch::pmix_server_port();
    if (launch::homeless()) ::setenv("HOME", "/", 0);
    const std::string expected_size = take_expected_size();
    const launch::JobVariables job;
    job.take_out();
    heed_job_time();
    const bool made = make_zygote(initializer);  // now: once MPI runs, this process cannot be forked safely
    job.put_back();
    note_stage(RankStage::opening);
    prepare_backtraces();
    int provided = 0;
    check_mpi(MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided), "MPI_Init_thread");
    ::on_exit(&at_exit, nullptr);
    session().ours = true;
    check_world_size(expected_size);
    outlive_connections();
    find_place();
    become_rank();
    start_recording(MPI_COMM_WORLD, 0, true);
    note_stage(RankStage::other);
    return made;
}

void become_rank() {
    static std::once_flag hidden;
    std::call_once(hidden, [] {
        prepare_backtraces();
        read_place();
        launch::JobVariables().take_out();
        heed_job_time();
    });
    become_original();
    // hecaton run carries lines, and a pipe to it is no reason to keep them: a rank that crashes would lose them.
    if (full_stack_note() != nullptr) std::setvbuf(stdout, nullptr, _IOLBF, 0);
    watch_for_full_stacks(full_stack_note());  // after MPI has its own handler
    static const auto* const this_thread = new StackWatch;
    static_cast<void>(this_thread);
    watch_finalize();
}

bool mpi_is_ours() { return session().ours; }

bool pool_is_open() noexcept {
    const std::lock_guard lock(session().mutex);
    return std::ranges::any_of(session().hooks, [](const ExitHook* hook) { return hook->open(); });
}

bool speaks_for_all() {
    if (inside_process()) return true;
    int rank = 0;
    int size = 1;
    if (mpi_is_up()) {
        MPI_Comm_rank(MPI_COMM_WORLD, &rank);
        MPI_Comm_size(MPI_COMM_WORLD, &size);
    }
    if (size > 1) return rank == 0;
    // Alone, or one of several that were meant to be a world.
    const launch::Variables environment = launch::variables();
    for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"})
        if (const auto text = launch::value(environment, variable); !text.empty()) return text == "0";
    return true;
}

void require_mpi(const char* what) {
    if (is_forked_copy())
        throw UsageError(
            fmt::format("{} was called in a process that the program has forked from a rank: the copy has no MPI. "
                        "Call it in the rank itself",
                        what));
    if (!mpi_is_up())
        throw UsageError(
            fmt::format("{} needs MPI, which is not running: call hecaton::run, make a hecaton::Environment, or "
                        "initialise MPI first",
                        what));
}

bool mpi_is_threaded() {
    int provided = 0;
    check_mpi(MPI_Query_thread(&provided), "MPI_Query_thread");
    return provided == MPI_THREAD_MULTIPLE;
}

void abort_job(int status) {
    note_stage(RankStage::other);  // nothing goes on without it
    std::fflush(nullptr);
    end_recording(status, false);
    abort_world(status);
    std::_Exit(status);
}

void abort_at_exit(int status) {
    const std::lock_guard lock(session().mutex);
    session().abort_status = status;
}

void note_lost_ranks(const std::vector<int>& ranks) {
    const std::lock_guard lock(session().mutex);
    std::vector<int>& lost = session().lost;
    for (const int rank : ranks)
        if (std::ranges::find(lost, rank) == lost.end()) lost.push_back(rank);
}

void refuse_lost_ranks(const char* what, MPI_Comm communicator) {
    Session& s = session();
    const std::lock_guard lock(s.mutex);
    if (s.lost.empty()) return;
    std::vector<int> theirs(s.lost.size());
    MPI_Group all = MPI_GROUP_NULL;
    MPI_Group group = MPI_GROUP_NULL;
    check_mpi(MPI_Comm_group(MPI_COMM_WORLD, &all), "MPI_Comm_group");
    check_mpi(MPI_Comm_group(communicator, &group), "MPI_Comm_group");
    check_mpi(MPI_Group_translate_ranks(all, static_cast<int>(s.lost.size()), s.lost.data(), group, theirs.data()),
              "MPI_Group_translate_ranks");
    MPI_Group_free(&group);
    MPI_Group_free(&all);
    for (std::size_t i = 0; i < theirs.size(); ++i)
        if (theirs[i] != MPI_UNDEFINED)
            throw UsageError(
                fmt::format("{}: rank {} of the world has died, and the communicator has it: only a pool goes on "
                            "without a rank. Start the job again (hecaton run --restarts does it by itself)",
                            what, s.lost[i]));
}

MPI_Comm surviving_world() {
    constexpr int tag = 1;
    Session& s = session();
    const std::lock_guard lock(s.mutex);
    if (s.lost.empty()) return MPI_COMM_WORLD;
    MPI_Group all = MPI_GROUP_NULL;
    MPI_Group left = MPI_GROUP_NULL;
    MPI_Comm made = MPI_COMM_NULL;
    check_mpi(MPI_Comm_group(MPI_COMM_WORLD, &all), "MPI_Comm_group");
    check_mpi(MPI_Group_excl(all, static_cast<int>(s.lost.size()), s.lost.data(), &left), "MPI_Group_excl");
    check_mpi(MPI_Comm_create_group(MPI_COMM_WORLD, left, tag, &made), "MPI_Comm_create_group");
    MPI_Group_free(&left);
    MPI_Group_free(&all);
    return made;
}

ExitHook::ExitHook() {
    const std::lock_guard lock(session().mutex);
    session().hooks.push_back(this);
}

ExitHook::~ExitHook() {
    const std::lock_guard lock(session().mutex);
    std::erase(session().hooks, this);
}

}  // namespace hecaton::detail
