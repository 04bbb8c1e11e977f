#include <fmt/format.h>

#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/survival/initializer_place.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton::detail {
namespace {

constexpr int failure = 1;
constexpr int can_not_start = 2;
constexpr auto patience = std::chrono::seconds(10);

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

int run_on_root(Pool& pool, const std::function<int(Pool&)>& body) {
    int status = failure;
    bool threw = false;
    try {
        status = body(pool);
        end_forked_copy();
    } catch (...) {
        threw = true;
        log::line(current_exception_line());
        end_forked_copy();
        pool.terminate();
    }
    pool.close();
    if (!PoolAccess::state(pool)->join(status, threw ? std::chrono::steady_clock::now() + patience : no_deadline)) {
        log::line("a rank was still busy with an item 10 seconds after the program had failed: the job ends");
        abort_job(status);
    }
    return status;
}

}  // namespace

int run_body(int argc, char** argv, PoolOptions options, const std::function<int(Pool&)>& body) {
    // An error here occurs on every rank alike or, under a launcher of another MPI, in every process. One of them
    // reports it.
    try {
        if (start_mpi(argc, argv, options.processes, options.initializer) && options.initializer)
            options.initializer = KnownToZygote{std::move(options.initializer)};
    } catch (...) {
        if (speaks_for_all()) log::line(current_exception_line());
        return can_not_start;
    }
    try {
        Pool pool(boost::mpi::communicator(), options);
        return pool.is_root() ? run_on_root(pool, body) : pool.serve();
    } catch (...) {
        if (speaks_for_all()) log::line(current_exception_line());
        return failure;
    }
}

}  // namespace hecaton::detail
