// Reads the file that a program has written while it ran, however far it came.
#pragma once

#include <istream>
#include <string>

#include <launcher/report/data/recording.hpp>
#include <launcher/report/data/thin_out.hpp>

namespace hecaton::launcher::report {

/// The word that begins such a file.
inline constexpr const char* recording_word = "hecaton-recording";

/// A last line without an end is left out, and so are lines of kinds that are not known; other lines that cannot be
/// read are counted. `file` is the name for messages. Of more than `most` pieces, short neighbours are made one. Throws
/// Refusal with status 1 for what is no recording, and where they are still too many.
Recording read_recording(std::istream& from, const std::string& file, std::size_t most = most_pieces);

}  // namespace hecaton::launcher::report
