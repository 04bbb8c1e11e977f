#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/job/job_time.hpp>
#include <hecaton/pool/journal/journals.hpp>
#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/pool/time/out_of_time.hpp>
#include <hecaton/survival/initializer_place.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/middle.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton::detail {
namespace {

constexpr int failure = 1;
constexpr int can_not_start = 2;
constexpr std::chrono::duration<double> patience_with_items(10);

// One line about the exception that is being handled.
std::string current_exception_line() {
    try {
        throw;
    } catch (const TaskError& error) {
        return error.describe();
    } catch (const Error& error) {  // its text is complete
        return error.what();
    } catch (...) {
        const auto record = current_exception_record(0, 0);
        return type_and_text(record.type_name, record.text);
    }
}

// After the program has failed, or was cut.
Deadline end_of_patience() {
    return deadline_in(std::min(patience_with_items, std::chrono::duration<double>(seconds_left() * 3 / 4)));
}

int run_on_root(Pool& pool, const std::function<int(Pool&)>& body) {
    int status = failure;
    bool threw = false;
    try {
        status = body(pool);
        end_forked_copy();
    } catch (const OutOfTime&) {
        threw = true;
        status = out_of_time_status;
        end_forked_copy();
        pool.terminate();
    } catch (...) {
        threw = true;
        log::line(current_exception_line());
        end_forked_copy();
        pool.terminate();
    }
    pool.close();
    if (!PoolAccess::state(pool)->join(status, threw ? end_of_patience() : no_deadline)) {
        if (status == out_of_time_status && cut_for_time()) end_out_of_time();
        log::line("a rank was still busy with an item 10 seconds after the program had failed: the job ends");
        abort_job(status);
    }
    if (status == 0 && cut_for_time()) status = out_of_time_status;
    // A journal that took no more results has said so; the work is done, but the next run does not know it.
    if (!flush_journals() && status == 0) status = failure;
    return status;
}

// An error of one rank's own, of which no other knows.
int run_on_one(Pool& pool, const std::function<int(Pool&)>& body) {
    try {
        return pool.is_root() ? run_on_root(pool, body) : pool.serve();
    } catch (...) {
        log::line(fmt::format("rank {} on {}: {}", worker_context.rank, host::name(), current_exception_line()));
        return failure;
    }
}

// In a handler, where there is no pool yet. Errors in the use of hecaton and of its launcher are those of every rank;
// one of them reports them. Others are of this rank alone, and the others may wait for it.
int refuse(int status) {
    try {
        try {
            throw;
        } catch (const UsageError&) {
            throw;
        } catch (...) {
            end_for_all();
        }
    } catch (...) {
        if (speaks_for_all()) log::line(current_exception_line());
    }
    return status;
}

}  // namespace

int run_body(int argc, char** argv, PoolOptions options, const std::function<int(Pool&)>& body) {
    try {
        if (start_mpi(argc, argv, options.processes, options.initializer) && options.initializer)
            options.initializer = KnownToZygote{std::move(options.initializer)};
    } catch (...) {
        return refuse(can_not_start);
    }
    try {
        if (mpi_is_ours()) note_stage(RankStage::opening);
        Pool pool(Communicator(surviving_world()), options);
        return run_on_one(pool, body);
    } catch (...) {
        note_stage(RankStage::other);
        return refuse(failure);
    }
}

}  // namespace hecaton::detail
