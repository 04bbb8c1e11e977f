// Reads the table that was made of a recording: a line an item.
#pragma once

#include <istream>
#include <string>
#include <string_view>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// The first line of such a file.
inline constexpr std::string_view csv_header = "index,call,rank,host,start,duration,attempts,state";

/// The lines behind the header. `file` is the name for messages. Throws Refusal with status 1, which says the line.
Recording read_csv(std::istream& from, const std::string& file);

}  // namespace hecaton::launcher::report
