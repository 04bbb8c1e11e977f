#include <unistd.h>

#include <array>
#include <cstdlib>
#include <hecaton/launch/environment.hpp>
#include <hecaton/launch/job_end.hpp>
#include <hecaton/launch/job_variables.hpp>
#include <mutex>

namespace hecaton::detail::launch {
namespace {

// A program that an item starts would want the same journal, which this job has, end with this job, or write over its
// recording.
constexpr std::array own_variables{"HECATON_JOURNAL",
                                   "HECATON_JOURNAL_ACCEPT_PROGRAM",
                                   "HECATON_JOURNAL_KEEP_ERRORS",
                                   "HECATON_JOURNAL_DURABILITY",
                                   "HECATON_RUN",
                                   "HECATON_RECORDING",
                                   "HECATON_REPORT",
                                   "HECATON_TRACE",
                                   deadline_variable};

struct Taken {
    std::mutex mutex;
    Variables variables;
};

Taken& taken() {
    static Taken& instance = *new Taken;  // used while the process exits, so never destroyed
    return instance;
}

}  // namespace

std::string job_setting(const char* name) {
    const std::lock_guard lock(taken().mutex);
    const auto found = taken().variables.find(name);
    if (found != taken().variables.end()) return found->second;
    const char* const text = std::getenv(name);
    return text != nullptr ? text : "";
}

JobVariables::JobVariables() {
    const Variables environment = launch::variables();
    for (const std::string& name : inherited_from_a_job(environment))
        if (!name.starts_with("OMPI_COMM_WORLD_")) variables_.emplace_back(name, value(environment, name));
}

void JobVariables::take_out() const {
    for (const auto& [name, text] : variables_) ::unsetenv(name.c_str());
    const std::lock_guard lock(taken().mutex);
    for (const char* const name : own_variables) {
        if (const char* const text = std::getenv(name)) taken().variables[name] = text;
        ::unsetenv(name);
    }
    ::setenv(rank_pid_variable, std::to_string(::getpid()).c_str(), 1);
}

void JobVariables::put_back() const {
    for (const auto& [name, text] : variables_) ::setenv(name.c_str(), text.c_str(), 1);
}

}  // namespace hecaton::detail::launch
