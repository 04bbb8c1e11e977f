// Why the launcher does not do something, and its exit statuses.
#pragma once

#include <hecaton/launch/refusal.hpp>

namespace hecaton::launcher {

using detail::launch::Refusal;

/// Exit statuses of the launcher itself; otherwise it returns the program's.
enum Status {
    ok = 0,
    wrong_command_line = Refusal::usual_status,
    out_of_time = 75,  ///< run it again
    timed_out = 124,
    not_executable = 126,
    not_found = 127
};

}  // namespace hecaton::launcher
