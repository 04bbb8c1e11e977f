#include <fmt/format.h>

#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton {
namespace {

constexpr int failure = 1;
constexpr auto patience = std::chrono::seconds(10);

// One line about the exception that is being handled.
std::string current_exception_line() {
    try {
        throw;
    } catch (const TaskError& error) {
        return error.describe();
    } catch (const Error& error) {  // its text says all
        return error.what();
    } catch (...) {
        const auto record = detail::current_exception_record(0, 0);
        return fmt::format("{}: {}", record.type_name, record.text);
    }
}

// The body's status, or that of a body that threw.
int run_on_root(Pool& pool, const std::function<int(Pool&)>& body) {
    try {
        const int status = body(pool);
        return status;
    } catch (...) {
        log::line(current_exception_line());
        pool.terminate();
        return failure;
    }
}

}  // namespace

int run_body(int argc, char** argv, PoolOptions options, const std::function<int(Pool&)>& body) {
    // Errors from here on are the same on every rank, or, with a launcher of the wrong MPI, of every process: one
    // speaks.
    try {
        detail::start_mpi(argc, argv, options.processes);
        Pool pool(boost::mpi::communicator(), std::move(options));
        if (!pool.is_root()) return pool.serve();
        const int status = run_on_root(pool, body);
        pool.close();
        if (!pool.join_by(status,
                          status == failure ? std::chrono::steady_clock::now() + patience : detail::no_deadline)) {
            log::line("some rank was still busy with an item 10 seconds after the program had failed: the job ends");
            detail::abort_job(status);
        }
        return status;
    } catch (...) {
        if (detail::speaks_for_all()) log::line(current_exception_line());
        return failure;
    }
}

}  // namespace hecaton
