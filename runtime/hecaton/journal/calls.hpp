// Calls: the rows of the calls of a program, and the rule which of them a call that is made again continues.
#pragma once

#include <hecaton/journal/journal.hpp>
#include <hecaton/journal/sqlite.hpp>
#include <string>

namespace hecaton::detail::journal {

/// A build of a program.
struct Program {
    std::string build;
    std::string path;
    double date = 0;  ///< when its file was last changed, in seconds since 1970; 0: not known

    /// "build 4f2a of 2026-11-29 13:40 (/home/me/sweep)".
    std::string describe() const;
};

class Calls {
  public:
    explicit Calls(Database& database);

    /// The program's row, made where there is none.
    std::int64_t program(const Program& program);
    Program program(std::int64_t row);

    /// The row that the call continues: of the same name, number, kind, version and content, and
    /// - of the same build, with its functions at the same place;
    /// - else of another build, where the call has a version, or `accept` is set.
    /// 0 where there is none. Throws JournalError, which begins with `file`, where the file has results of the call by
    /// other builds only, which may not be taken.
    CallNumber find(const Call& call, std::int64_t program, bool accept, const std::string& file);
    CallNumber insert(const Call& call, std::int64_t program);
    /// The program has made the call again.
    void renew(CallNumber number, const Call& call, std::int64_t program);
    void set_items(CallNumber number, std::uint64_t items);

  private:
    Database& database_;
    Statement insert_program_;
    Statement find_program_;
    Statement read_program_;
    Statement find_same_build_;
    Statement find_other_build_;
    Statement find_in_the_way_;
    Statement insert_;
    Statement renew_;
    Statement set_items_;
};

}  // namespace hecaton::detail::journal
