#include <launcher/report/data/thin_out.hpp>

namespace hecaton::launcher::report {

void thin_out(std::vector<Piece>& pieces, Nanoseconds shorter_than) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Piece& next = pieces[i];
        if (kept > 0) {
            Piece& last = pieces[kept - 1];
            const bool follows = last.rank == next.rank && last.call == next.call && last.attempt == next.attempt &&
                                 last.first + last.count == next.first && last.end() <= next.start;
            if (follows && next.end() - last.start < shorter_than) {
                last.count += next.count;
                last.duration += next.duration;
                continue;
            }
        }
        pieces[kept++] = next;
    }
    pieces.resize(kept);
}

}  // namespace hecaton::launcher::report
