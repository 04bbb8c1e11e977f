#include <unistd.h>

#include <cstdlib>
#include <hecaton/launch/environment.hpp>
#include <hecaton/launch/job_variables.hpp>

namespace hecaton::detail::launch {

JobVariables::JobVariables() {
    const Variables environment = launch::variables();
    for (const std::string& name : inherited_from_a_job(environment))
        if (!name.starts_with("OMPI_COMM_WORLD_")) variables_.emplace_back(name, value(environment, name));
}

void JobVariables::take_out() const {
    for (const auto& [name, text] : variables_) ::unsetenv(name.c_str());
    ::setenv(rank_pid_variable, std::to_string(::getpid()).c_str(), 1);
}

void JobVariables::put_back() const {
    for (const auto& [name, text] : variables_) ::setenv(name.c_str(), text.c_str(), 1);
}

}  // namespace hecaton::detail::launch
