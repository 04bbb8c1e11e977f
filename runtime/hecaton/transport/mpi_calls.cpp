#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/launch/threads_at_rest.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/mpi_calls.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton::detail {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int failure = 1;

#if defined(OMPI_MAJOR_VERSION) && OMPI_MAJOR_VERSION < 5
constexpr bool finalize_is_hasty = true;
#else
constexpr bool finalize_is_hasty = false;
#endif
// So long after MPI_Init its threads have done what it has left to them.
constexpr std::chrono::seconds youth{5};
constexpr std::chrono::milliseconds longest_rest{250};

bool we_abort = false;
Clock::time_point watched_since;

using Abort = int (*)(MPI_Comm, int);

// A tool that counts or records MPI's calls may stand between us and MPI.
Abort next_abort() noexcept {
    const auto next = reinterpret_cast<Abort>(::dlsym(RTLD_NEXT, "MPI_Abort"));
    return next != nullptr ? next : &PMPI_Abort;
}

// One line, also where there is no memory for it.
void say(const char* call, const char* where) noexcept {
    try {
        log::line(fmt::format("{} called {} {}: the job ends", rank_in_words(), call, where));
    } catch (...) {
        log::line(call);
    }
}

int finalize_begins(MPI_Comm /*self*/, int /*key*/, void* /*value*/, void* /*state*/) {
    if (is_forked_copy()) end_copy();
    const bool in_task = task_context().running;
    if (!in_task && !pool_is_open()) {
        if (finalize_is_hasty && Clock::now() - watched_since < youth) launch::wait_for_threads_at_rest(longest_rest);
        return MPI_SUCCESS;
    }
    say("MPI_Finalize", in_task ? "inside a task" : "while a pool was open; close() and join() it first");
    abort_job(failure);
}

}  // namespace

void watch_finalize() {
    static bool watched = false;
    if (watched) return;
    watched = true;
    watched_since = Clock::now();
    int key = MPI_KEYVAL_INVALID;
    check_mpi(MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, &finalize_begins, &key, nullptr), "MPI_Comm_create_keyval");
    check_mpi(MPI_Comm_set_attr(MPI_COMM_SELF, key, nullptr), "MPI_Comm_set_attr");
    check_mpi(MPI_Comm_free_keyval(&key), "MPI_Comm_free_keyval");
}

void abort_world(int status) noexcept {
    we_abort = true;
    next_abort()(MPI_COMM_WORLD, status);
}

}  // namespace hecaton::detail

extern "C" int MPI_Abort(MPI_Comm communicator, int status) {
    using namespace hecaton::detail;
    // MPI's threads, which would tell the launcher, are the rank's.
    if (is_forked_copy()) end_copy();
    note_stage(RankStage::other);  // nothing goes on after it
    if (!we_abort && task_context().running) say("MPI_Abort", "inside a task");
    return next_abort()(communicator, status);
}
