#include <fmt/format.h>

#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/survival/initializer_place.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton {
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
    } catch (const Error& error) {  // its text says all
        return error.what();
    } catch (...) {
        const auto record = detail::current_exception_record(0, 0);
        return fmt::format("{}: {}", record.type_name, record.text);
    }
}

}  // namespace

int run_on_root(Pool& pool, const std::function<int(Pool&)>& body) {
    int status = failure;
    bool threw = false;
    try {
        status = body(pool);
    } catch (...) {
        threw = true;
        detail::log::line(current_exception_line());
        pool.terminate();
    }
    pool.close();
    if (!pool.join_by(status, threw ? std::chrono::steady_clock::now() + patience : detail::no_deadline)) {
        detail::log::line("a rank was still busy with an item 10 seconds after the program had failed: the job ends");
        detail::abort_job(status);
    }
    return status;
}

int run_body(int argc, char** argv, PoolOptions options, const std::function<int(Pool&)>& body) {
    // What goes wrong here goes wrong on every rank alike, or, under a launcher of another MPI, in every process: one
    // speaks.
    try {
        if (detail::start_mpi(argc, argv, options.processes, options.initializer) && options.initializer)
            options.initializer = detail::KnownToZygote{std::move(options.initializer)};
    } catch (...) {
        if (detail::speaks_for_all()) detail::log::line(current_exception_line());
        return can_not_start;
    }
    try {
        Pool pool(boost::mpi::communicator(), std::move(options));
        return pool.is_root() ? run_on_root(pool, body) : pool.serve();
    } catch (...) {
        if (detail::speaks_for_all()) detail::log::line(current_exception_line());
        return failure;
    }
}

}  // namespace hecaton
