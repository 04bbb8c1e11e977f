#include <hecaton/recording/pieces.hpp>
#include <new>

namespace hecaton::detail::recording {
namespace {

// The items of `next` follow those of `piece`, in the same run of the same call.
bool continues(const Piece& piece, const Piece& next) noexcept {
    return piece.job == next.job && piece.attempt == next.attempt && piece.first + piece.count == next.first;
}

bool cheap(const Piece& piece) noexcept {
    return piece.duration < PieceList::long_item * static_cast<std::int64_t>(piece.count);
}

}  // namespace

void PieceList::add(const Piece& piece) noexcept { append(piece, piece.start + piece.duration); }

void PieceList::add(PieceList& others) noexcept {
    for (const Piece& piece : others.pieces_) add(piece);
    if (!others.pieces_.empty()) last_end_ = others.last_end_;
    dropped_ += others.take_dropped();
    others.clear();
}

void PieceList::append(const Piece& piece, std::int64_t end) noexcept {
    if (!pieces_.empty()) {
        Piece& last = pieces_.back();
        if (continues(last, piece) && cheap(last) && cheap(piece) && piece.start - last_end_ <= long_item &&
            end - last.start <= longest_shared) {
            last.count += piece.count;
            last.duration += piece.duration;
            last_end_ = end;
            return;
        }
    }
    if (pieces_.size() >= most_) halve();
    last_end_ = end;
    try {
        if (pieces_.size() < most_) return pieces_.push_back(piece);
    } catch (const std::bad_alloc&) {  // counted
    }
    ++dropped_;
}

// Pieces that follow each other become one.
void PieceList::halve() noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < pieces_.size();) {
        Piece piece = pieces_[i++];
        if (i < pieces_.size() && continues(piece, pieces_[i])) {
            piece.count += pieces_[i].count;
            piece.duration += pieces_[i].duration;
            ++i;
        }
        pieces_[kept++] = piece;
    }
    pieces_.resize(kept);
}

}  // namespace hecaton::detail::recording
