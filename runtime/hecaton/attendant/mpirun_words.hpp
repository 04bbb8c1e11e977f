// What comes on mpirun's standard error: the ranks' lines, and its own paragraphs about how they ended, which one line
// replaces. Pure.
#pragma once

#include <string>
#include <string_view>

namespace hecaton::detail::attendant {

class MpirunWords {
  public:
    /// Takes in what has come, and returns what is to be passed on now.
    std::string add(std::string_view text);
    /// Its process id, by which lines of its own begin.
    void is_of(int pid) { pid_ = pid; }
    /// It was asked to end. What it says about itself then, as how it has crashed, is kept back.
    void end_is_known() { end_is_known_ = true; }
    /// What is left at the end.
    std::string rest();

    /// A line of hecaton's own was among them.
    bool explained() const { return explained_; }
    /// The rank that mpirun has named as the one that ended the job by a signal; -1 for none.
    int killed_rank() const { return killed_rank_; }
    /// The node that it was on.
    const std::string& killed_on() const { return killed_on_; }

  private:
    enum class Paragraph { none, begun, known };

    std::string take(const std::string& line);
    bool is_noise(const std::string& line) const;

    std::string line_;  // without its end so far
    std::string held_;  // a paragraph, until it is known whether to pass it on
    Paragraph paragraph_ = Paragraph::none;
    int pid_ = 0;
    bool end_is_known_ = false;
    bool middle_ = false;  // the beginning of the line has been passed on
    bool explained_ = false;
    int killed_rank_ = -1;
    std::string killed_on_;
};

}  // namespace hecaton::detail::attendant
