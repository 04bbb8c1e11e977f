// The recording as a trace in Chrome's JSON format, for ui.perfetto.dev: complete events, one a line.
#pragma once

#include <functional>
#include <string_view>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// Gives the lines to `put`, several at a time. A process is a host, and a thread a rank; on a thread no events
/// overlap: collectives, regions, and what a rank did besides have threads of their own. Of more than `most` events,
/// neighbours are merged.
void write_trace(const Recording& recording, const std::function<void(std::string_view)>& put,
                 std::size_t most = 200'000);

}  // namespace hecaton::launcher::report
