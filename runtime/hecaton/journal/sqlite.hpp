// SQLite's C API with RAII: a database, its statements, and its errors as exceptions. Of one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace hecaton::detail::journal {

/// Does not leave the room: see refusal.hpp for what users get.
class SqliteError : public std::runtime_error {
  public:
    SqliteError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
    /// SQLite's primary result code.
    int code() const noexcept { return code_; }

  private:
    int code_;
};

class Database {
  public:
    enum class Mode : std::uint8_t { create, write, read };

    Database() = default;
    /// Throws SqliteError. `locks`: false where the file system has none that work.
    Database(const std::string& path, Mode mode, bool locks);

    void run(const char* sql);
    void run(const std::string& sql) { run(sql.c_str()); }
    /// The first column of the first row; empty where there is none.
    std::string text_of(const char* sql);
    std::int64_t number_of(const char* sql);
    /// Rows that the last statement has changed.
    int changes() const noexcept;
    std::int64_t last_row() const noexcept;
    bool in_transaction() const noexcept;
    /// True where the file may be read only.
    bool read_only() const noexcept;
    /// Whether close() leaves a write-ahead log as it is.
    void keep_log(bool keep);
    void close() noexcept { handle_.reset(); }
    sqlite3* handle() const noexcept { return handle_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A compiled statement. Texts and bytes that are bound are not copied: they outlive the steps that follow.
class Statement {
  public:
    Statement() = default;
    Statement(const Database& database, std::string_view sql);

    // Parameters and columns are counted as SQLite counts them: from 1, and from 0.
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, double value);
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, std::span<const std::byte> bytes);
    Statement& bind_null(int parameter);

    /// True where there is a row. After the last one the statement can be bound again.
    bool step();
    /// For statements without rows.
    void run();
    void reset() noexcept;

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;
    std::span<const std::byte> bytes(int column) const;

  private:
    void check(int result) const;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Ends the statement's run, also where an exception leaves it.
class Running {
  public:
    explicit Running(Statement& statement) : statement_(statement) {}
    ~Running() { statement_.reset(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

  private:
    Statement& statement_;
};

}  // namespace hecaton::detail::journal
