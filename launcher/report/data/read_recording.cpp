#include <launcher/report/data/read_recording.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <launcher/base/refusal.hpp>
#include <launcher/report/data/fields.hpp>
#include <launcher/report/data/finish.hpp>
#include <launcher/report/data/thin_out.hpp>

namespace hecaton::launcher::report {
namespace {

constexpr std::size_t most_errors = 1'000;       // of which the text is kept
constexpr std::size_t longest_text = 2'000;      // of an error
constexpr std::uint32_t most_ranks = 1'000'000;  // a greater number is damage
constexpr std::uint64_t most_items = std::uint64_t{1} << 60;
constexpr const char* this_version = "1";

// Takes the lines of a file, and makes one recording of them.
class RecordingReader {
  public:
    /// There is no room for all of it.
    struct TooMany {};

    explicit RecordingReader(std::size_t most) : most_pieces_(most) {}

    void line(std::string_view text) {
        Words words(text);
        const auto found = kinds().find(words.word());
        if (found != kinds().end() && !(this->*found->second)(words)) ++made_.unreadable;
    }

    Recording finished() {
        finish(made_, lost_);
        return std::move(made_);
    }

  private:
    using Take = bool (RecordingReader::*)(Words&);

    static const std::map<std::string_view, Take>& kinds() {
        using R = RecordingReader;
        static const std::map<std::string_view, Take> all{{"begin", &R::begin},       {"rank", &R::rank},
                                                          {"call", &R::call},         {"ran", &R::ran},
                                                          {"lost", &R::lost},         {"error", &R::error},
                                                          {"end_call", &R::end_call}, {"collective", &R::collective},
                                                          {"region", &R::region},     {"lost_rank", &R::lost_rank},
                                                          {"end_rank", &R::end_rank}, {"dropped", &R::dropped},
                                                          {"end", &R::end},           {"launcher", &R::launcher}};
        return all;
    }

    bool begin(Words& words) {
        const Object object(words.rest());
        std::uint32_t ranks = 0;
        if (!object || !object("ranks", ranks) || ranks > most_ranks) return false;
        made_.ranks.resize(std::max<std::size_t>(made_.ranks.size(), ranks));
        object("version", made_.version);
        object("program", made_.program);
        object("arguments", made_.arguments);
        object("unix_time", made_.unix_time);
        return true;
    }

    // The rank that the object tells about.
    Rank* rank_of(const Object& object) {
        std::uint32_t number = 0;
        if (!object || !object("rank", number) || number >= most_ranks) return nullptr;
        if (number >= made_.ranks.size()) made_.ranks.resize(number + 1);
        return &made_.ranks[number];
    }

    bool rank(Words& words) {
        const Object object(words.rest());
        Rank* const to = rank_of(object);
        if (!to) return false;
        object("host", to->host);
        object("node", to->node);
        object("cores", to->cores);
        object("offset_ns", to->offset);
        object("round_trip_ns", to->round_trip);
        return true;
    }

    // The place of a call among the others. The line that introduces it may be missing.
    std::uint32_t place(std::uint64_t number) {
        if (number == last_number_ && !made_.calls.empty()) return last_place_;
        const auto [found, fresh] = places_.emplace(number, static_cast<std::uint32_t>(made_.calls.size()));
        if (fresh) made_.calls.push_back({.number = number, .kind = "call"});
        last_number_ = number;
        return last_place_ = found->second;
    }

    Call* call_of(const Object& object) {
        std::uint64_t number = 0;
        return object && object("call", number) ? &made_.calls[place(number)] : nullptr;
    }

    bool call(Words& words) {
        const Object object(words.rest());
        Call* const to = call_of(object);
        if (!to) return false;
        object("kind", to->kind);
        object("name", to->name);
        object("items", to->items);
        if (Nanoseconds time = 0; object("time", time) && usual(time, 0)) to->begin = time;
        return true;
    }

    bool ran(Words& words) {
        std::uint64_t number = 0;
        Piece piece;
        words >> number >> piece.rank >> piece.first >> piece.count >> piece.start >> piece.duration >> piece.attempt;
        if (!words.good() || piece.rank >= most_ranks || !usual(piece.start, piece.duration)) return false;
        const auto most = 1'000 + 16 * static_cast<std::uint64_t>(piece.duration);  // none is quicker than that
        if (piece.count == 0 || piece.count > most || piece.first > most_items) return false;
        piece.call = place(number);
        if (made_.pieces.size() == most_pieces_) make_room();
        made_.pieces.push_back(piece);
        return true;
    }

    void make_room() {
        constexpr Nanoseconds longest_piece = 3'600'000'000'000;
        while (4 * made_.pieces.size() > 3 * most_pieces_) {
            if (short_ > longest_piece) throw TooMany();
            thin_out(made_.pieces, short_);
            short_ *= 10;
        }
    }

    bool lost(Words& words) {
        std::uint64_t number = 0;
        LostItem item;
        words >> number >> item.rank >> item.index >> item.time >> item.attempt;
        if (!words.good() || item.rank >= most_ranks || !usual(item.time, 0) || item.index > most_items) return false;
        item.call = place(number);
        lost_.push_back(item);
        return true;
    }

    bool error(Words& words) {
        const Object object(words.rest());
        std::uint64_t number = 0;
        Error made;
        if (!object || !object("call", number) || !object("index", made.index)) return false;
        made.call = place(number);
        made_.failed.push_back({made.call, made.index});
        if (made_.errors.size() == most_errors) return true;
        object("rank", made.rank);
        object("type", made.type);
        object("text", made.text);
        if (made.text.size() > longest_text) made.text = made.text.substr(0, longest_text) + "...";
        made_.errors.push_back(std::move(made));
        return true;
    }

    bool end_call(Words& words) {
        const Object object(words.rest());
        Call* const to = call_of(object);
        Nanoseconds time = 0;
        if (!to || !object("time", time) || !usual(time, 0)) return false;
        to->end = time;
        to->ended = true;
        object("items", to->items);
        object("failed", to->failed);
        object("chunks", to->chunks);
        object("bytes_sent", to->bytes_sent);
        object("bytes_received", to->bytes_received);
        object("restored", to->restored);
        object("by_caller", to->by_caller);
        object("cut", to->cut);
        object("verdict", to->verdict);
        return true;
    }

    std::uint32_t name(std::string_view text) {
        const auto [found, fresh] = names_.emplace(text, static_cast<std::uint32_t>(made_.names.size()));
        if (fresh) made_.names.emplace_back(text);
        return found->second;
    }

    bool stretch(Words& words, bool region) {
        Stretch made;
        made.region = region;
        words >> made.rank >> made.start >> made.duration;
        if (!region) words >> made.bytes;
        if (!words.good() || made.rank >= most_ranks || !usual(made.start, made.duration)) return false;
        std::string text(words.rest());
        if (region && !Object(words.rest())("name", text)) return false;
        if (text.empty()) return false;
        if (made_.stretches.size() == most_pieces_) return ++made_.dropped > 0;
        made.name = name(text);
        made_.stretches.push_back(made);
        return true;
    }
    bool collective(Words& words) { return stretch(words, false); }
    bool region(Words& words) { return stretch(words, true); }

    bool lost_rank(Words& words) {
        const Object object(words.rest());
        Rank* const to = rank_of(object);
        Nanoseconds time = 0;
        if (!to || !object("time", time) || !usual(time, 0)) return false;
        to->lost_at = time;
        object("why", to->lost_why);
        return true;
    }

    bool end_rank(Words& words) {
        const Object object(words.rest());
        Rank* const to = rank_of(object);
        if (!to) return false;
        object("cpu", to->cpu);
        object("peak_bytes", to->peak_bytes);
        return true;
    }

    bool dropped(Words& words) {
        std::uint64_t count = 0;
        const Object object(words.rest());
        if (!object || !object("count", count)) return false;
        made_.dropped += count;
        return true;
    }

    bool end(Words& words) {
        const Object object(words.rest());
        Nanoseconds time = 0;
        if (!object || !object("time", time) || !usual(time, 0)) return false;
        made_.end = time;
        int status = 0;
        if (object("status", status)) made_.status = status;
        return true;
    }

    bool launcher(Words& words) {
        const Object object(words.rest());
        if (!object) return false;
        LauncherPart part;
        object("command", part.command);
        object("mpi", part.mpi);
        object("hosts", part.hosts);
        object("cores", part.cores);
        object("start", part.start);
        object("end", part.end);
        object("status", part.status);
        object("cards", part.cards);
        for (const auto& one : object.list("losses")) {
            const Object loss(one);
            Loss made;
            if (!loss || !loss("rank", made.rank)) continue;
            loss("host", made.host);
            loss("why", made.why);
            part.losses.push_back(std::move(made));
        }
        made_.launcher = std::move(part);
        return true;
    }

    const std::size_t most_pieces_;
    Nanoseconds short_ = 1'000'000;  // pieces that are made one
    Recording made_;
    std::vector<LostItem> lost_;
    std::unordered_map<std::uint64_t, std::uint32_t> places_;
    std::map<std::string, std::uint32_t, std::less<>> names_;
    std::uint64_t last_number_ = 0;
    std::uint32_t last_place_ = 0;
};

}  // namespace

Recording read_recording(std::istream& from, const std::string& file, std::size_t most) {
    std::string text;
    std::getline(from, text);
    Words head(text);
    if (head.word() != recording_word)
        throw Refusal(1, fmt::format("{}: that is no recording of hecaton, and no CSV of one", file));
    if (head.rest() != this_version)
        throw Refusal(1, fmt::format("{}: a newer hecaton has recorded it (version {} of the format, and this hecaton "
                                     "knows {}); make the report with that one",
                                     file, head.rest().substr(0, 20), this_version));
    RecordingReader reader(most);
    try {
        while (std::getline(from, text))
            if (!from.eof()) reader.line(text);
    } catch (const RecordingReader::TooMany&) {
        throw Refusal(1, fmt::format("{}: it has more than {} pieces, which is too much for a report", file, most));
    }
    return reader.finished();
}

}  // namespace hecaton::launcher::report
