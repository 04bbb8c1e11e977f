// A shared library with tasks of its own.
#pragma once

#include <hecaton/hecaton.hpp>
#include <vector>

std::vector<int> mapped_by_plugin(hecaton::Pool& pool, const std::vector<int>& items);
int plugin_function(int x);
