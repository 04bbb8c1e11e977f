// What is known of a run while it goes on.
#pragma once

#include <launcher/live/inquiry.hpp>
#include <launcher/live/progress_display.hpp>

namespace hecaton::launcher {

struct Live {
    Inquiry inquiry = {};
    ProgressDisplay progress;
};

}  // namespace hecaton::launcher
