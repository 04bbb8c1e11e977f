#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include <launcher/base/refusal.hpp>
#include <launcher/report/data/finish.hpp>
#include <launcher/report/data/read_csv.hpp>

namespace hecaton::launcher::report {
namespace {

constexpr std::uint32_t most_csv_ranks = 1'000'000;

// Cells of lines, as in RFC 4180: a quoted one may have commas and line breaks.
class Cells {
  public:
    explicit Cells(std::istream& from) : from_(from) {}

    /// The cells of the next line; false at the end.
    bool next(std::vector<std::string>& cells) {
        std::string line;
        if (!std::getline(from_, line)) return false;
        ++line_;
        cells.assign(1, {});
        bool quoted = false;
        for (std::size_t i = 0;; ++i) {
            if (i == line.size()) {
                if (!quoted || !std::getline(from_, line)) break;
                ++line_;
                cells.back() += '\n';
                i = static_cast<std::size_t>(-1);
                continue;
            }
            const char letter = line[i];
            if (letter == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
                cells.back() += line[++i];
            else if (letter == '"')
                quoted = !quoted;
            else if (letter == ',' && !quoted)
                cells.emplace_back();
            else
                cells.back() += letter;
        }
        if (!cells.back().empty() && cells.back().back() == '\r') cells.back().pop_back();
        return true;
    }
    std::uint64_t line() const { return line_; }

  private:
    std::istream& from_;
    std::uint64_t line_ = 1;  // the header
};

template <class Number>
bool parsed(const std::string& text, Number& to) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), to);
    return problem == std::errc() && end == text.data() + text.size();
}

bool parsed_seconds(const std::string& text, Nanoseconds& to) {
    double number = 0;
    if (!parsed(text, number) || !std::isfinite(number) || std::abs(number) > 1e9) return false;
    to = std::llround(number * 1e9);
    return true;
}

// "map#1" is the first call, of the kind map; anything else is a name.
Call named_call(const std::string& title, std::uint64_t number) {
    Call made{.number = number};
    const auto mark = title.rfind('#');
    std::uint64_t told = 0;
    if (mark != std::string::npos && mark > 0 && parsed(title.substr(mark + 1), told)) {
        made.number = told;
        made.kind = title.substr(0, mark);
    } else {
        made.name = title;
    }
    made.ended = true;
    return made;
}

class CsvReader {
  public:
    /// False where the cells are no line of a report.
    bool add(const std::vector<std::string>& cells) {
        Piece piece;
        if (cells.size() != 8 || !parsed(cells[0], piece.first) || !parsed(cells[2], piece.rank) ||
            piece.rank >= most_csv_ranks || !parsed_seconds(cells[4], piece.start) ||
            !parsed_seconds(cells[5], piece.duration) || piece.duration < 0 || !parsed(cells[6], piece.attempt))
            return false;
        const auto& state = cells[7];
        if (state != "done" && state != "failed" && state != "lost") return false;
        piece.call = place(cells[1], piece);
        piece.lost = state == "lost";
        if (state == "failed") made_.failed.push_back({piece.call, piece.first});
        if (piece.rank >= made_.ranks.size()) made_.ranks.resize(piece.rank + 1);
        made_.ranks[piece.rank].host = cells[3];
        auto& call = made_.calls[piece.call];
        call.begin = std::min(call.begin, piece.start);
        call.end = std::max(call.end, piece.end());
        ++call.items;
        made_.pieces.push_back(piece);
        return true;
    }

    Recording finished() {
        made_.call_times = false;
        finish(made_, {});
        return std::move(made_);
    }

  private:
    std::uint32_t place(const std::string& title, const Piece& piece) {
        const auto [found, fresh] = places_.emplace(title, static_cast<std::uint32_t>(made_.calls.size()));
        if (fresh) {
            made_.calls.push_back(named_call(title, made_.calls.size() + 1));
            made_.calls.back().begin = piece.start;
            made_.calls.back().end = piece.end();
        }
        return found->second;
    }

    Recording made_;
    std::map<std::string, std::uint32_t> places_;
};

}  // namespace

Recording read_csv(std::istream& from, const std::string& file) {
    Cells lines(from);
    CsvReader reader;
    std::vector<std::string> cells;
    while (lines.next(cells)) {
        if (cells.size() == 1 && cells[0].empty()) continue;
        if (!reader.add(cells))
            throw Refusal(
                1, fmt::format("{}, line {}: that is no line of a report; write: {}", file, lines.line(), csv_header));
    }
    return reader.finished();
}

}  // namespace hecaton::launcher::report
