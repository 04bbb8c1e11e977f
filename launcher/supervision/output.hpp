// The ranks' output on its way to our standard streams and to files: whole lines, and nothing is lost.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// Rows and columns of a terminal; 0 where the file is none. One that does not tell its size has the usual one.
std::pair<int, int> size_of_terminal(int file);

/// The looks of output.
struct OutputOptions {
    bool label = false;
    bool timestamps = false;
    std::string dir = {};  ///< empty: no files
    bool colour = true;    ///< for labels on a terminal
    bool append = false;   ///< files that are there go on
    bool below = true;     ///< a terminal may have a line at its bottom that is written again and again
};

/// Takes bytes of ranks as they come, and writes whole lines, so that no rank's line stands inside another's. A line
/// longer than a megabyte is written in parts. Nothing blocks.
class Output {
  public:
    enum Stream { out = 0, err = 1 };

    /// Throws Refusal where the folder for the files cannot be made.
    explicit Output(OutputOptions options);

    /// Sets the number of ranks, for the width of labels; each rank gets its empty files.
    void ranks(int count);
    void write(int rank, Stream stream, std::string_view bytes);
    /// The rank writes no more. Its last line is written although it may lack its end.
    void close(int rank);
    /// Writes "hecaton: <text>" on standard error, between lines of ranks.
    void say(std::string_view text);
    /// The same for what was asked for, which is no word about the run.
    void show(std::string_view text);
    /// The last lines that were said.
    const std::vector<std::string>& said() const { return said_; }
    /// Keeps that text, where it is not empty, as the last line of the terminal, below all output.
    void keep_below(std::string text);
    /// The columns for it; 0 where standard error is no terminal.
    std::size_t room_below() const;
    /// Takes it away until something is written. False where the terminal takes nothing now.
    bool clear_below();
    /// Writes lines of no rank, as they are.
    void pass_on(std::string_view lines, Stream stream = err);
    /// Shows unfinished lines on a terminal, where they may be prompts or progress bars: those that are a tenth of a
    /// second old and do not break up another rank's line; all of them when nothing else comes (`idle`).
    void show_prompts(bool idle);

    bool full() const;                                       ///< more than a megabyte waits: pause the ranks
    bool waits(Stream stream) const;                         ///< bytes wait for the stream
    bool has_prompts() const;                                ///< show_prompts() has something to show
    void pump(Stream stream);                                ///< writes as much as does not block
    bool broken() const { return broken_; }                  ///< nobody reads our standard output any more
    const std::string& problem() const { return problem_; }  ///< why some output was not written

  private:
    struct Target {
        std::string waiting;
        std::size_t written = 0;  // of it
        int open_line = -1;       // the rank whose line was begun and not ended
        bool terminal = false;
    };
    struct Line {
        std::array<std::string, 2> unfinished;
        std::array<std::chrono::steady_clock::time_point, 2> since;
    };

    void draw_below();
    void emit(Target& target, int rank, std::string_view bytes);
    void emit_labelled(Target& target, int rank, std::string_view bytes);
    std::string prefix(const Target& target, int rank) const;
    void to_file(int rank, Stream stream, std::string_view bytes);
    std::string file(int rank, Stream stream) const;

    OutputOptions options_;
    std::array<Target, 2> targets_;
    std::vector<Line> lines_;
    int width_ = 1;
    std::string below_;       // as it is wanted
    std::string drawn_ = {};  // as it stands there
    bool broken_ = false;
    std::string problem_;
    static constexpr std::size_t most_said = 40;
    std::vector<std::string> said_;
};

}  // namespace hecaton::launcher
