// Keeps a recording of very many items within memory.
#pragma once

#include <cstddef>
#include <vector>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// How many pieces, and how many collectives and regions, are kept at the same time: half a gigabyte.
inline constexpr std::size_t most_pieces = 10'000'000;

/// Makes one piece of neighbours, in the order in which they were written, that one rank ran one after the other, where
/// their items follow one another too and they take less than `shorter_than` together. The computing time stays what it
/// was.
void thin_out(std::vector<Piece>& pieces, Nanoseconds shorter_than);

}  // namespace hecaton::launcher::report
