#include <exception>
#include <hecaton/transport/environment.hpp>
#include <hecaton/transport/mpi_session.hpp>

namespace hecaton {

Environment::Environment(int argc, char** argv) : exceptions_(std::uncaught_exceptions()) {
    detail::start_mpi(argc, argv, 0);
}

Environment::~Environment() {
    if (std::uncaught_exceptions() > exceptions_) detail::abort_at_exit(1);
}

boost::mpi::communicator Environment::world() const { return {}; }

}  // namespace hecaton
