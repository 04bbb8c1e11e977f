// The recording as a table: a line an item, for pandas, R and spreadsheets.
#pragma once

#include <functional>
#include <string_view>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// Gives the lines to `put`, several at a time. An item that was lost and run again has the line of its last run only.
void write_csv(const Recording& recording, const std::function<void(std::string_view)>& put);

}  // namespace hecaton::launcher::report
